import { toHex } from '../../base/bytes.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { deviceIdOf } from '../../identity/index.ts'
import type { PersonId, Place, Verdict } from '../../identity/roster/index.ts'
import type { PrivateSpace } from '../../identity/space/index.ts'
import { resolveSpace } from '../../identity/space/index.ts'
import type { Authority } from '../../journal/index.ts'
import type { RosterState, TimedEntry } from '../membership/index.ts'

const NOTHING: Verdict = { counts: false, cutBy: [] }

/** Who belongs to a private space, as far as this machine knows. */
export class SpaceState implements Authority {
  readonly #space: SpaceId
  readonly #swarm: SpaceId
  readonly #roster: RosterState
  readonly #introducers: ReadonlySet<DeviceId>
  readonly #entries = new Map<string, TimedEntry>()
  #resolved: { readonly of: number; readonly space: PrivateSpace | undefined } | undefined
  #additions = 0

  constructor(options: {
    readonly space: SpaceId
    readonly swarm: SpaceId
    readonly roster: RosterState
    /** Who told of it: they are spoken to until its founding is here. */
    readonly introducers: ReadonlySet<DeviceId>
  }) {
    this.#space = options.space
    this.#swarm = options.swarm
    this.#roster = options.roster
    this.#introducers = options.introducers
  }

  get current(): PrivateSpace | undefined {
    if (this.#resolved?.of !== this.revision) {
      const personOf = (device: DeviceId): PersonId | undefined => this.personOf(device)
      const space = resolveSpace(this.#entries.values(), { space: this.#space, swarm: this.#swarm, personOf })
      this.#resolved = { of: this.revision, space }
    }
    return this.#resolved.space
  }

  add(entries: readonly TimedEntry[]): void {
    for (const entry of entries) this.#entries.set(toHex(entry.hash), entry)
    this.#additions += 1
  }

  /** Both numbers only grow. */
  get revision(): number {
    return this.#additions + this.#roster.revision
  }

  /** When the space was founded, wall time in milliseconds. */
  get foundedAt(): number {
    const founding = [...this.#entries.values()].find(({ kind }) => kind === 'space.found')
    return founding?.time ?? 0
  }

  personOf(device: DeviceId): PersonId | undefined {
    return this.#roster.current.devices.get(device)?.person
  }

  /** Whether a device belongs now, here and in the swarm. */
  isMember(device: DeviceId): boolean {
    const found = this.#roster.current.devices.get(device)
    if (found?.state !== 'active') return false
    const space = this.current
    return space === undefined ? this.#introducers.has(device) : space.people.has(found.person)
  }

  /** The machines of those who belong. */
  devices(): readonly DeviceId[] {
    return [...this.#roster.current.devices.keys()].filter((device) => this.isMember(device))
  }

  /** Also devices whose admission was taken away: what they wrote counts nothing, but others may have built on it. */
  admits(publicKey: Uint8Array): boolean {
    const device = deviceIdOf(publicKey)
    const person = this.personOf(device)
    if (person === undefined) return this.current !== undefined && this.#roster.current.admitted.has(device)
    return this.current?.everybody.has(person) === true
  }

  counts(place: Place): Verdict {
    return this.current?.counts(place) ?? NOTHING
  }

  mayWrite(): string | undefined {
    const own = this.#roster.self
    if (own?.state !== 'active') return this.#roster.mayWrite() ?? 'this machine is no member of the swarm now'
    // Its own founding is the first thing that is written.
    if (this.current === undefined || this.current.people.has(own.person)) return undefined
    return 'you are not in this conversation any more'
  }
}
