import { toHex } from '../../base/bytes.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { deviceIdOf } from '../../identity/index.ts'
import type { Place, Roster, RosterDevice, RosterEntry, Verdict } from '../../identity/roster/index.ts'
import { resolveRoster, RIGHTS } from '../../identity/roster/index.ts'
import type { Authority } from '../../journal/index.ts'

/** Keys whose ids are kept at hand: anybody may ask about keys that are nobody's. */
const MAX_IDS = 20_000

/** An entry of a `members` journal, with its author's wall time in milliseconds for people to read. */
export interface TimedEntry extends RosterEntry {
  readonly time: number
}

/** Who belongs, as far as this machine knows: resolved when it is asked for after something came. */
export class RosterState implements Authority {
  readonly #space: SpaceId
  readonly #self: DeviceId
  readonly #entries = new Map<string, TimedEntry>()
  readonly #ids = new Map<string, DeviceId>()
  #roster: Roster | undefined
  #revision = 0
  /** What other machines showed and is being taken in. */
  readonly #provisional = new Set<() => Roster>()

  constructor(options: { readonly space: SpaceId; readonly self: DeviceId }) {
    this.#space = options.space
    this.#self = options.self
  }

  get current(): Roster {
    this.#roster ??= resolveRoster(this.#entries.values(), { space: this.#space })
    return this.#roster
  }

  get self(): RosterDevice | undefined {
    return this.current.devices.get(this.#self)
  }

  get revision(): number {
    return this.#revision
  }

  add(entries: readonly TimedEntry[]): void {
    for (const entry of entries) {
      const name = toHex(entry.hash)
      // The same objects are kept: their signatures are checked once.
      if (!this.#entries.has(name)) this.#entries.set(name, entry)
    }
    this.#roster = undefined
    this.#revision += 1
  }

  /** When an entry says that it was written, wall time in milliseconds. */
  timeOf(hash: Uint8Array): number | undefined {
    return this.#entries.get(toHex(hash))?.time
  }

  /** The roster that these entries would make with those that are here. */
  with(entries: readonly RosterEntry[]): Roster {
    return resolveRoster([...this.#entries.values(), ...entries], { space: this.#space })
  }

  /** Goes by what another machine showed while that is being taken in. */
  async during(roster: () => Roster, work: () => Promise<void>): Promise<void> {
    this.#provisional.add(roster)
    try {
      await work()
    } finally {
      this.#provisional.delete(roster)
    }
  }

  admits(publicKey: Uint8Array): boolean {
    const device = this.#deviceOf(publicKey)
    if (this.current.admitted.has(device)) return true
    return [...this.#provisional].some((roster) => roster().devices.has(device))
  }

  counts(place: Place): Verdict {
    return this.current.counts(place)
  }

  mayWrite(): string | undefined {
    const own = this.self
    if (own === undefined) return 'this machine is no member of the swarm yet'
    if (own.state !== 'active') return REASONS[own.state]
    return RIGHTS[own.role].write ? undefined : 'as an observer you can read everything here, and change nothing'
  }

  #deviceOf(publicKey: Uint8Array): DeviceId {
    const name = toHex(publicKey)
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const device = deviceIdOf(publicKey)
    if (this.#ids.size >= MAX_IDS) this.#ids.clear()
    this.#ids.set(name, device)
    return device
  }
}

const REASONS = {
  suspended: 'this machine came in at the same time as another on one invite: an admin has to confirm it first',
  left: 'this machine has left the swarm',
  removed: 'this machine was removed from the swarm',
} as const
