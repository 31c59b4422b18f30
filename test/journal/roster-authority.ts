import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../../src/base/cbor.ts'
import type { DeviceId, SpaceId } from '../../src/base/ids.ts'
import { deviceIdOf, verifySignature } from '../../src/identity/device-key.ts'
import type { Verify } from '../../src/identity/device-key.ts'
import type { Place, Roster, RosterEntry, Verdict } from '../../src/identity/roster/index.ts'
import { resolveRoster, RIGHTS } from '../../src/identity/roster/index.ts'
import type { Authority } from '../../src/journal/authority.ts'
import type { Entry } from '../../src/journal/entry-types.ts'
import type { Projection } from '../../src/journal/projection.ts'
import type { RecordStore, Transaction } from '../../src/store/index.ts'
import { prefixRange } from '../../src/store/index.ts'

const PREFIX = utf8('pr')

/** Who belongs, by the real roster, fed by the journal that asks it. */
export class RosterAuthority implements Authority, Projection {
  readonly name = 'roster'
  readonly version = 1
  readonly kinds = []
  readonly journals = 'members'
  revision = 0
  readonly #space: SpaceId
  readonly #self: DeviceId
  readonly #verify: Verify
  readonly #entries = new Map<string, RosterEntry>()
  #roster: Roster | undefined

  constructor(options: { readonly space: SpaceId; readonly self: DeviceId; readonly verify?: Verify }) {
    this.#space = options.space
    this.#self = options.self
    this.#verify = options.verify ?? verifySignature
  }

  async load(store: RecordStore): Promise<void> {
    for await (const [, value] of store.entries(prefixRange(PREFIX))) this.#add(decodeEntry(value))
  }

  get current(): Roster {
    this.#roster ??= resolveRoster(this.#entries.values(), { space: this.#space, verify: this.#verify })
    return this.#roster
  }

  #add(entry: RosterEntry): void {
    this.#entries.set(toHex(entry.hash), entry)
    this.#roster = undefined
    this.revision += 1
  }

  admits(device: Uint8Array): boolean {
    return this.current.admitted.has(deviceIdOf(device))
  }

  counts(place: Place): Verdict {
    return this.current.counts(place)
  }

  mayWrite(): string | undefined {
    const own = this.current.devices.get(this.#self)
    if (own === undefined) return 'this machine is no member'
    if (own.state !== 'active') return `this machine is ${own.state}`
    return RIGHTS[own.role].write ? undefined : 'observers only read'
  }

  async apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const acts = entries.map((entry): RosterEntry => ({
      device: entry.device,
      incarnation: entry.journal.incarnation,
      kind: entry.kind,
      sequence: entry.sequence,
      hash: entry.hash,
      lamport: entry.lamport,
      after: entry.after,
      body: entry.body,
    }))
    for (const act of acts) transaction.put(concatBytes(PREFIX, act.hash), encodeCbor({ ...act }))
    return () => {
      for (const act of acts) this.#add(act)
    }
  }

  async reset(transaction: Transaction): Promise<void> {
    for (const [key] of await transaction.entries(prefixRange(PREFIX))) transaction.delete(key)
    this.#entries.clear()
    this.#roster = undefined
  }
}

function decodeEntry(value: Uint8Array): RosterEntry {
  const fields = decodeCborMap(value, 1024 * 1024)
  if (fields === undefined) throw new Error('a record that cannot be read')
  return Object.fromEntries(fields) as unknown as RosterEntry
}
