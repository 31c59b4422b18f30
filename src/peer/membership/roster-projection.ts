import { concatBytes, fromHex, toHex, utf8 } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../../base/cbor.ts'
import { Emitter } from '../../base/emitter.ts'
import { deviceIdOf, publicKeyOf } from '../../identity/index.ts'
import type { Entry, Projection } from '../../journal/index.ts'
import { JournalFormatError } from '../../journal/index.ts'
import type { RecordStore, Transaction } from '../../store/index.ts'
import { prefixRange } from '../../store/index.ts'
import type { TimedEntry } from './roster-state.ts'

const PREFIX = utf8('pi')
/** An act of 96 KiB with all that it may have seen. */
const MAX_RECORD_BYTES = 256 * 1024

/** Keeps every entry of the `members` journals, and hands it to what is made of them. */
export class RosterProjection implements Projection {
  readonly name = 'membership'
  readonly version = 2
  readonly kinds: readonly string[] = []
  readonly journals = 'members'
  readonly events = new Emitter<{ readonly 'roster:changed': Record<string, never> }>()
  readonly #state: { add(entries: readonly TimedEntry[]): void }

  constructor(state: { add(entries: readonly TimedEntry[]): void }) {
    this.#state = state
  }

  /** Reads back what was applied before; call it before the journal starts. */
  async load(store: RecordStore): Promise<void> {
    const entries: TimedEntry[] = []
    for await (const [, value] of store.entries(prefixRange(PREFIX))) {
      const entry = decodeMember(value)
      if (entry !== undefined) entries.push(entry)
    }
    if (entries.length > 0) this.#state.add(entries)
  }

  async apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const members = entries.map((entry): TimedEntry => ({
      device: entry.device,
      incarnation: entry.journal.incarnation,
      kind: entry.kind,
      sequence: entry.sequence,
      hash: entry.hash,
      lamport: entry.lamport,
      after: entry.after,
      body: entry.body,
      time: entry.time,
    }))
    for (const member of members) transaction.put(concatBytes(PREFIX, member.hash), encodeMember(member))
    return () => {
      this.#state.add(members)
      this.events.emit('roster:changed', {})
    }
  }

  /** What was known stays known: entries are what they are, and whoever belongs is not to be sent away meanwhile. */
  async reset(transaction: Transaction): Promise<void> {
    for (const [key] of await transaction.entries(prefixRange(PREFIX))) transaction.delete(key)
  }
}

function encodeMember({
  after,
  body,
  device,
  hash,
  incarnation,
  kind,
  lamport,
  sequence,
  time,
}: TimedEntry): Uint8Array {
  return encodeCbor({
    device: publicKeyOf(device),
    incarnation: fromHex(incarnation),
    kind,
    sequence,
    hash,
    lamport,
    after: concatBytes(...after),
    body,
    time,
  })
}

function decodeMember(value: Uint8Array): TimedEntry | undefined {
  const fields = decodeCborMap(value, MAX_RECORD_BYTES)
  const device = readBytes(fields?.get('device'), 32)
  // Records of version 1, which the journal is about to have made anew.
  if (device === undefined) return undefined
  const incarnation = readBytes(fields?.get('incarnation'), 8)
  const hash = readBytes(fields?.get('hash'), 32)
  const kind = readText(fields?.get('kind'), 64)
  const sequence = readWhole(fields?.get('sequence'), 1, Number.MAX_SAFE_INTEGER)
  const lamport = readWhole(fields?.get('lamport'), 1, Number.MAX_SAFE_INTEGER)
  const time = readWhole(fields?.get('time'), 0, Number.MAX_SAFE_INTEGER)
  const after = fields?.get('after')
  const body = fields?.get('body')
  const isWhole =
    incarnation !== undefined &&
    hash !== undefined &&
    kind !== undefined &&
    sequence !== undefined &&
    lamport !== undefined &&
    time !== undefined &&
    after instanceof Uint8Array &&
    body instanceof Uint8Array
  if (!isWhole)
    throw new JournalFormatError('who belongs was written by another version of Murmuration: update this one')
  return {
    device: deviceIdOf(device),
    incarnation: toHex(incarnation),
    kind,
    sequence,
    hash,
    lamport,
    after: Array.from({ length: after.length / 32 }, (_, index) => after.slice(index * 32, index * 32 + 32)),
    body: body.slice(),
    time,
  }
}
