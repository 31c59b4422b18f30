import type { Clock } from '../../base/clock.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { Mutex } from '../../base/mutex.ts'
import type { Door, Seen } from '../../identity/index.ts'
import type { EntryRefusal, EntryRequest, JoinRequest } from '../../identity/roster/index.ts'
import { refusalOf } from '../../identity/roster/index.ts'
import type { Journal } from '../../journal/index.ts'
import type { DeviceLinks } from './device-links.ts'
import type { MemberActs } from './member-acts.ts'
import type { RosterState } from './roster-state.ts'

/**
 * Entries that a stranger's credentials may hold beyond those that are here: what they come to is resolved in one go,
 * which may not hold this machine up for long.
 */
const MAX_NEWS = 8192

/** Why this machine was not let in: `outdated`: it speaks an older version than who it asked. */
export type DoorRefusal = EntryRefusal | 'outdated'

export interface SwarmDoorOptions {
  readonly space: SpaceId
  readonly self: DeviceId
  readonly state: RosterState
  readonly journal: Journal
  readonly acts: MemberActs
  readonly links: DeviceLinks
  readonly clock: Clock
  /** What this machine asks to come in with; used only while it is no member. */
  readonly request: EntryRequest | undefined
  /** Resolves once the journal runs: who comes earlier waits. */
  readonly ready: Promise<void>
  readonly onTold: (seen: Seen, by: DeviceId) => void
  readonly onRefused: (reason: DoorRefusal, by: DeviceId) => void
}

/** The gate's questions, answered from the roster. */
export class SwarmDoor implements Door {
  readonly #options: SwarmDoorOptions
  /** Admissions take turns, so that each knows of those before: an invite is not used twice here. */
  readonly #turns = new Mutex()
  /** Credentials are looked at one machine's at a time. */
  readonly #looks = new Mutex()

  constructor(options: SwarmDoorOptions) {
    this.#options = options
  }

  see(device: DeviceId): Seen {
    const { state } = this.#options
    const found = state.current.devices.get(device)
    if (found === undefined) return { standing: 'unknown' }
    const { endedBy } = found
    const author = endedBy === undefined ? undefined : state.current.devices.get(endedBy.device)
    return {
      standing: found.state,
      by: author === undefined ? undefined : (state.current.people.get(author.person)?.name ?? author.name),
      at: endedBy === undefined ? undefined : state.timeOf(endedBy.hash),
    }
  }

  request(): EntryRequest | undefined {
    return this.#options.state.self === undefined ? this.#options.request : undefined
  }

  async answer(request: EntryRequest, from: DeviceId): Promise<EntryRefusal | undefined> {
    const { links, ready } = this.#options
    await ready
    const asking = request.type === 'join' ? request.join.device : request.link.device
    if (asking !== from) return 'forged'
    return await this.#turns.run(async () => {
      // It was let in before, and did not live to know it: whatever has become of what it came in with.
      if (this.see(from).standing === 'active') return undefined
      return request.type === 'join' ? await this.#admit(request.join) : await links.answer(request.link)
    })
  }

  async #admit(join: JoinRequest): Promise<EntryRefusal | undefined> {
    const { acts, clock, self, space, state } = this.#options
    const refusal = refusalOf(state.current, join, { space, admitter: self, now: clock.now() })
    if (refusal !== undefined) return refusal
    await acts.write({ kind: 'person.admit', ...join })
    return this.see(join.device).standing === 'active' ? undefined : 'used'
  }

  founding(): Uint8Array | undefined {
    return this.#options.state.current.nonce
  }

  credentials(): AsyncIterable<Uint8Array> {
    return this.#options.journal.credentials()
  }

  async accept(credentials: readonly Uint8Array[], from: DeviceId): Promise<void> {
    await this.#options.ready
    await this.#looks.run(async () => {
      if (this.see(from).standing === 'unknown') await this.#look(credentials, from)
    })
  }

  async #look(credentials: readonly Uint8Array[], from: DeviceId): Promise<void> {
    const { journal, self, state } = this.#options
    let shown = state.current
    await state.during(
      () => shown,
      async () =>
        await journal.acceptCredentials(credentials, (entries) => {
          const news = entries.filter(({ hash }) => state.timeOf(hash) === undefined)
          if (state.self !== undefined && news.length > MAX_NEWS) return undefined
          shown = state.with(news)
          // Whoever comes in must see itself let in as well: a machine that says so is no proof.
          const isReal = shown.devices.get(from)?.state === 'active' && shown.devices.has(self)
          return isReal ? (device) => shown.devices.has(device) : undefined
        }),
    )
  }

  told(seen: Seen, by: DeviceId): void {
    this.#options.onTold(seen, by)
  }

  refused(refusal: EntryRefusal, by: DeviceId): void {
    this.#options.onRefused(refusal, by)
  }

  outdated(which: 'this' | 'other', by: DeviceId): void {
    if (which === 'this') this.#options.onRefused('outdated', by)
  }
}
