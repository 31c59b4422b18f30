import { bytesEqual, concatBytes, toHex, utf8 } from '../base/bytes.ts'
import type { Verify } from '../identity/device-key.ts'
import { prefixRange, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { StructureError } from './errors.ts'
import type { JournalAddress, SealedHeader, SupersededRanges } from './header.ts'
import { openHeader } from './header.ts'
import type { RawEntry, Stub } from './stored-entry.ts'
import { decodeRecord, encodeEntryRecord } from './stored-entry.ts'

type Ranges = SupersededRanges['ranges']

interface Proof {
  readonly header: SealedHeader
  readonly signature: Uint8Array
  readonly key: Uint8Array
}

/**
 * The signed headers of checkpoints that stand for stubs held here. A stub is only taken from another peer with such
 * proofs that its author gave up every entry in it; so nobody can hide entries of others.
 */
export class Proofs {
  readonly #store: RecordStore
  readonly #prefix: Uint8Array
  readonly #byDevice = new Map<string, Proof[]>()

  constructor(store: RecordStore, prefix: Uint8Array) {
    this.#store = store
    this.#prefix = concatBytes(prefix, utf8('x'))
  }

  async load(): Promise<void> {
    for await (const [key, value] of this.#store.entries(prefixRange(this.#prefix))) {
      const record = decodeRecord(value, 0)
      if (record.type !== 'entry' || record.entry.signature === undefined) continue
      this.#keep({ header: openHeader(record.entry.header), signature: record.entry.signature, key })
    }
  }

  /** Remembers a checkpoint whose signature was verified; those that it makes superfluous are dropped. */
  add(header: SealedHeader, signature: Uint8Array): readonly Operation[] {
    const { device, incarnation } = header.journal
    const key = concatBytes(this.#prefix, device, incarnation, uint64Key(header.sequence))
    const proof: Proof = { header, signature, key }
    const superfluous = this.#of(device).filter((other) => isWithin(other.header, header))
    this.#byDevice.set(
      toHex(device),
      this.#of(device).filter((other) => !superfluous.includes(other)),
    )
    this.#keep(proof)
    return [
      ...superfluous.map((other): Operation => ({ type: 'delete', key: other.key })),
      { type: 'put', key, value: encodeEntryRecord({ header: header.bytes, signature, body: new Uint8Array(0) }) },
    ]
  }

  /** Headers of the checkpoints that stand for stubs of a device. */
  of(device: Uint8Array): readonly SealedHeader[] {
    return this.#of(device).map(({ header }) => header)
  }

  #of(device: Uint8Array): readonly Proof[] {
    return this.#byDevice.get(toHex(device)) ?? []
  }

  #keep(proof: Proof): void {
    const device = toHex(proof.header.journal.device)
    const others = (this.#byDevice.get(device) ?? []).filter(
      (other) => !bytesEqual(other.header.hash, proof.header.hash),
    )
    this.#byDevice.set(device, [...others, proof])
  }

  /** Whether the author said that every entry at this place is superseded, on whichever branch it stands. */
  covers(journal: JournalAddress, sequence: number): boolean {
    return this.#of(journal.device).some(({ header }) =>
      rangesOf(header, journal).some(([from, to]) => from <= sequence && sequence <= to),
    )
  }

  /** What to send along with stubs of this journal. */
  covering(journal: JournalAddress, stubs: readonly Stub[]): readonly RawEntry[] {
    return this.#of(journal.device)
      .filter(({ header }) =>
        stubs.some((stub) => rangesOf(header, journal).some(([from, to]) => from <= stub.to && to >= stub.from)),
      )
      .map(({ header, signature }) => ({ header: header.bytes, signature, body: new Uint8Array(0) }))
  }

  /**
   * Holds stubs of a journal to the proofs that came with them and those known already.
   * @throws StructureError where a stub is not covered or a proof is false
   */
  judge(
    journal: JournalAddress,
    stubs: readonly Stub[],
    wire: readonly RawEntry[],
    context: { readonly space: Uint8Array; readonly verify: Verify },
  ): readonly { readonly header: SealedHeader; readonly signature: Uint8Array }[] {
    const news = wire.map((raw) => {
      const header = openHeader(raw.header)
      const proves = bytesEqual(header.space, context.space) && bytesEqual(header.journal.device, journal.device)
      const { signature } = raw
      if (!proves || signature === undefined || !context.verify(journal.device, header.bytes, signature)) {
        throw new StructureError('a false proof of a checkpoint')
      }
      return { header, signature }
    })
    const ranges = [...news, ...this.#of(journal.device)].flatMap(({ header }) => rangesOf(header, journal))
    for (const stub of stubs) if (!covers(ranges, stub)) throw new StructureError('a stub that no checkpoint covers')
    return news
  }
}

function rangesOf(header: SealedHeader, journal: JournalAddress): Ranges {
  return header.supersedes.flatMap((item) => (bytesEqual(item.incarnation, journal.incarnation) ? item.ranges : []))
}

/** Whether sorted or unsorted ranges together hold every sequence of the stub. */
function covers(ranges: Ranges, stub: Stub): boolean {
  let next = stub.from
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) break
    next = Math.max(next, to + 1)
  }
  return next > stub.to
}

/** Everything that `older` supersedes is superseded by `newer` as well. */
function isWithin(older: SealedHeader, newer: SealedHeader): boolean {
  return older.supersedes.every((item) => {
    const ranges = newer.supersedes.flatMap((other) =>
      bytesEqual(other.incarnation, item.incarnation) ? other.ranges : [],
    )
    return item.ranges.every(([from, to]) => covers(ranges, { from, to, hash: older.hash, lamport: 0 }))
  })
}
