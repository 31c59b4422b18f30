import { Emitter } from '../base/emitter.ts'
import { concatBytes, utf8 } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readText, readWhole } from '../base/cbor.ts'
import { parseDeviceId } from '../base/ids.ts'
import type { MemberEntry, MembershipState } from '../identity/index.ts'
import { MEMBER_KINDS, publicKeyOf } from '../identity/index.ts'
import type { Entry, Projection } from '../journal/index.ts'
import type { RecordStore, Transaction } from '../store/index.ts'
import { prefixRange } from '../store/index.ts'

const PREFIX = utf8('pi')
const MAX_RECORD_BYTES = 8192

/** Keeps the membership entries that were applied and feeds them to the pure resolution. */
export class MembershipProjection implements Projection {
  readonly name = 'membership'
  readonly version = 1
  readonly kinds: readonly string[] = MEMBER_KINDS
  readonly events = new Emitter<{ readonly 'membership:changed': Record<string, never> }>()
  readonly #state: MembershipState

  constructor(state: MembershipState) {
    this.#state = state
  }

  /** Reads back what was applied before; call it before the journal starts. */
  async load(store: RecordStore): Promise<void> {
    for await (const [, value] of store.entries(prefixRange(PREFIX))) {
      const entry = decodeMember(value)
      if (entry !== undefined) this.#state.add(entry)
    }
  }

  async apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const members = entries
      .filter((entry) => entry.journal.kind === 'members')
      .map((entry): readonly [Uint8Array, MemberEntry] => [
        entry.hash,
        {
          kind: entry.kind,
          device: entry.device,
          publicKey: publicKeyOf(entry.device),
          lamport: entry.lamport,
          body: entry.body,
        },
      ])
    for (const [hash, member] of members) transaction.put(concatBytes(PREFIX, hash), encodeMember(member))
    return () => {
      for (const [, member] of members) this.#state.add(member)
      this.events.emit('membership:changed', {})
    }
  }

  async reset(transaction: Transaction): Promise<void> {
    for (const [key] of await transaction.entries(prefixRange(PREFIX))) transaction.delete(key)
    this.#state.clear()
  }
}

function encodeMember({ body, device, kind, lamport }: MemberEntry): Uint8Array {
  return encodeCbor({ kind, device, lamport, body })
}

function decodeMember(value: Uint8Array): MemberEntry | undefined {
  const fields = decodeCborMap(value, MAX_RECORD_BYTES)
  const body = fields?.get('body')
  const kind = readText(fields?.get('kind'), 64)
  const device = readText(fields?.get('device'), 64)
  const lamport = readWhole(fields?.get('lamport'), 1, Number.MAX_SAFE_INTEGER)
  if (!(body instanceof Uint8Array) || kind === undefined || device === undefined || lamport === undefined)
    return undefined
  const id = parseDeviceId(device)
  return { kind, device: id, publicKey: publicKeyOf(id), lamport, body }
}
