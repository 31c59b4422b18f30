import { decode, encode } from 'cborg'

import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts'
import { publicKeyOf } from '../identity/device-key.ts'
import { prefixRange, readUint64Key, uint32Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { EntryReference } from './entry-types.ts'
import { JournalFormatError } from './errors.ts'
import type { JournalAddress, KindCode } from './header.ts'
import { DATA, MEMBERS, openHeader } from './header.ts'
import type { Line, Point } from './line.ts'
import { journalName, lineAt, ORIGIN, RecentPoints } from './line.ts'
import type { RawEntry, Record, Stub } from './stored-entry.ts'
import { decodeRecord, encodeEntryRecord, encodeStubRecord } from './stored-entry.ts'

/** What one held place says. */
export type HeldRecord = Record & { readonly sequence: number }

type StoredPoint = readonly [sequence: number, hash: Uint8Array, lamport: number, claimed: boolean]
type StoredApplied = readonly [...point: StoredPoint, voids?: Line['voids']]
type StoredLine = readonly [
  device: Uint8Array,
  incarnation: Uint8Array,
  kind: KindCode,
  parent: number,
  fork: StoredPoint,
  branch: Uint8Array,
  head: StoredPoint,
  entries: number,
  bytes: number,
  seen: readonly [number, number],
]

const storedPoint = (point: Point): StoredPoint => [point.sequence, point.hash, point.lamport, point.claimed === true]
const pointFrom = ([sequence, hash, lamport, claimed]: StoredPoint): Point =>
  claimed ? { sequence, hash, lamport, claimed } : { sequence, hash, lamport }

/**
 * The lines of one space in the record store. Holds their ends in memory, entries on disk.
 * It only keeps; what may be kept is decided elsewhere.
 */
export class LineStore {
  readonly #store: RecordStore
  readonly #entryPrefix: Uint8Array
  readonly #linePrefix: Uint8Array
  readonly #appliedPrefix: Uint8Array
  readonly #lines: Line[] = []
  readonly #byName = new Map<string, Line[]>()
  readonly #byDevice = new Map<string, Line[]>()
  #nextNumber = 0

  constructor(store: RecordStore, prefix: Uint8Array) {
    this.#store = store
    this.#entryPrefix = concatBytes(prefix, utf8('e'))
    this.#linePrefix = concatBytes(prefix, utf8('l'))
    this.#appliedPrefix = concatBytes(prefix, utf8('a'))
  }

  /**
   * @param options.lenient leaves out branches whose beginning is lost, instead of failing
   * @returns the numbers of those that were left out
   * @throws JournalFormatError
   */
  async load(options: { readonly lenient?: boolean } = {}): Promise<readonly number[]> {
    const rootless: number[] = []
    const byNumber = new Map<number, Line>()
    for await (const [key, value] of this.#store.entries(prefixRange(this.#linePrefix))) {
      const number = new DataView(key.buffer, key.byteOffset + this.#linePrefix.length).getUint32(0)
      this.#nextNumber = number + 1
      const fields = decode(value) as StoredLine
      const [device, incarnation, kind, parent, fork, branch, head, entries, bytes, seen] = fields
      if (parent >= 0 && !byNumber.has(parent)) {
        if (options.lenient === true) {
          rootless.push(number)
          continue
        }
        throw new JournalFormatError('the journal that another one in this data folder branches off is missing')
      }
      const line = this.#add({
        number,
        journal: { device, incarnation, kind },
        parent: byNumber.get(parent),
        fork: pointFrom(fork),
        branch: branch.length === 0 ? undefined : branch,
        head: pointFrom(head),
        applied: pointFrom(fork),
        voids: [],
        ...(await this.#loadApplied(number)),
        entries,
        bytes,
        seen: [seen[0], seen[1]],
      })
      byNumber.set(number, line)
    }
    return rootless
  }

  async #loadApplied(number: number): Promise<Pick<Line, 'applied' | 'voids'> | undefined> {
    const value = await this.#store.get(concatBytes(this.#appliedPrefix, uint32Key(number)))
    if (value === undefined) return undefined
    const [sequence, hash, lamport, claimed, voids = []] = decode(value) as StoredApplied
    return { applied: pointFrom([sequence, hash, lamport, claimed]), voids }
  }

  get all(): readonly Line[] {
    return this.#lines
  }

  named(name: string): readonly Line[] {
    return this.#byName.get(name) ?? []
  }

  /** @param device public key in hex */
  ofDevice(device: string): readonly Line[] {
    return this.#byDevice.get(device) ?? []
  }

  get deviceCount(): number {
    return this.#byDevice.size
  }

  /** Makes a line in memory; it is stored with its first entries through `lineOperation`. */
  create(
    journal: JournalAddress,
    fork?: { readonly parent: Line; readonly at: Point; readonly branch: Uint8Array },
  ): Line {
    const start = fork?.at ?? ORIGIN
    return this.#add({
      number: this.#nextNumber++,
      journal,
      parent: fork?.parent,
      fork: start,
      branch: fork?.branch,
      head: start,
      applied: start,
      voids: [],
      entries: 0,
      bytes: 0,
      seen: [0, 0],
    })
  }

  /** Forgets a line whose first write failed. It must be the newest. */
  discard(line: Line): void {
    this.#lines.pop()
    for (const lines of [this.#byName.get(line.name), this.#byDevice.get(toHex(line.journal.device))]) lines?.pop()
  }

  #add(fields: Omit<Line, 'name' | 'recent'>): Line {
    const name = journalName(fields.journal)
    const line: Line = { ...fields, name, recent: new RecentPoints() }
    if (line.head.sequence > 0) line.recent.set(line.head)
    if (line.applied.sequence > 0) line.recent.set(line.applied)
    this.#lines.push(line)
    push(this.#byName, name, line)
    push(this.#byDevice, toHex(line.journal.device), line)
    return line
  }

  /**
   * Stores what entries change of a line. How far it is applied is a record of its own, since projections advance at
   * another time than entries arrive.
   */
  lineOperation(line: Line): Operation {
    const value: StoredLine = [
      line.journal.device,
      line.journal.incarnation,
      line.journal.kind,
      line.parent?.number ?? -1,
      storedPoint(line.fork),
      line.branch ?? new Uint8Array(0),
      storedPoint(line.head),
      line.entries,
      line.bytes,
      line.seen,
    ]
    return { type: 'put', key: concatBytes(this.#linePrefix, uint32Key(line.number)), value: encode(value) }
  }

  appliedRecord(
    line: Line,
    applied: Point,
    voids: Line['voids'],
  ): { readonly key: Uint8Array; readonly value: Uint8Array } {
    const value: StoredApplied = [...storedPoint(applied), voids]
    return { key: concatBytes(this.#appliedPrefix, uint32Key(line.number)), value: encode(value) }
  }

  entryOperation(line: Line, sequence: number, entry: RawEntry): Operation {
    return { type: 'put', key: this.#key(line, sequence), value: encodeEntryRecord(entry) }
  }

  stubOperation(line: Line, stub: Stub): Operation {
    return { type: 'put', key: this.#key(line, stub.to), value: encodeStubRecord(stub) }
  }

  deleteOperation(line: Pick<Line, 'number'>, sequence: number): Operation {
    return { type: 'delete', key: this.#key(line, sequence) }
  }

  /** The line that an entry stands on. */
  find(reference: EntryReference): Line | undefined {
    const { branch, device, incarnation, kind } = reference.journal
    const journal: JournalAddress = {
      device: publicKeyOf(device),
      incarnation: fromHex(incarnation),
      kind: kind === 'members' ? MEMBERS : DATA,
    }
    return this.named(journalName(journal)).find(
      (line) => (line.branch === undefined ? undefined : toHex(line.branch)) === branch,
    )
  }

  /** All record keys of a line's entries. */
  rangeOf(line: Pick<Line, 'number'>): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
    return prefixRange(concatBytes(this.#entryPrefix, uint32Key(line.number)))
  }

  /** Forgets a line of which nothing is held. */
  forgetOperation(line: Pick<Line, 'number'>): Operation {
    return { type: 'delete', key: concatBytes(this.#linePrefix, uint32Key(line.number)) }
  }

  /** Also what is left of lines that are gone: their numbers may be given again. */
  async forgetAppliedOperations(): Promise<readonly Operation[]> {
    const operations: Operation[] = []
    for await (const [key] of this.#store.entries(prefixRange(this.#appliedPrefix))) {
      operations.push({ type: 'delete', key })
    }
    return operations
  }

  /** Whatever lies in the store under this line's own number, whether its head covers it or not. */
  async *heldOf(line: Pick<Line, 'number'>): AsyncGenerator<HeldRecord> {
    for await (const [key, value] of this.#store.entries(this.rangeOf(line))) {
      const sequence = readUint64Key(key, this.#entryPrefix.length + 4)
      yield { ...decodeRecord(value, sequence), sequence }
    }
  }

  /** Numbers under which entries lie in the store though no line with that number is known. */
  async orphans(): Promise<readonly number[]> {
    const known = new Set(this.#lines.map((line) => line.number))
    const orphans: number[] = []
    let { gte } = prefixRange(this.#entryPrefix)
    const { lt } = prefixRange(this.#entryPrefix)
    for (;;) {
      let found: number | undefined
      for await (const [key] of this.#store.entries({ gte, lt, limit: 1 })) {
        found = new DataView(key.buffer, key.byteOffset + this.#entryPrefix.length).getUint32(0)
      }
      if (found === undefined) return orphans
      if (!known.has(found)) orphans.push(found)
      gte = this.rangeOf({ number: found }).lt
    }
  }

  /** Made for every entry: in one piece. */
  #key(line: Pick<Line, 'number'>, sequence: number): Uint8Array {
    const prefix = this.#entryPrefix
    const key = new Uint8Array(prefix.length + 12)
    key.set(prefix)
    const view = new DataView(key.buffer)
    view.setUint32(prefix.length, line.number)
    view.setUint32(prefix.length + 4, Math.floor(sequence / 2 ** 32))
    view.setUint32(prefix.length + 8, sequence >>> 0)
    return key
  }

  /** Held places from `from` to `to` (both included) on the way to this line's head, in order; a stub that reaches into the range is included. */
  async *read(line: Line, from: number, to: number = line.head.sequence): AsyncGenerator<HeldRecord> {
    let next = from
    while (next <= to) {
      const holder = lineAt(line, next)
      const leaving = holder === line ? line.head : forkOff(holder, line)
      const end = Math.min(to, leaving.sequence)
      const range = { gte: this.#key(holder, next), lt: this.#key(holder, holder.head.sequence + 1) }
      for await (const [key, value] of this.#store.entries(range)) {
        const sequence = readUint64Key(key, this.#entryPrefix.length + 4)
        const record = decodeRecord(value, sequence)
        if (record.type === 'entry' ? sequence > end : record.stub.from > end) break
        const beyond = record.type === 'stub' && sequence > leaving.sequence
        yield beyond
          ? { type: 'stub', sequence: leaving.sequence, stub: cutStub(record.stub, leaving) }
          : { ...record, sequence }
        next = sequence + 1
        if (next > end) break
      }
      next = Math.max(next, end + 1)
      if (holder !== line) next = Math.min(next, leaving.sequence + 1)
    }
  }

  /** The record that holds `sequence`, be it an entry or a stub. */
  async recordAt(line: Line, sequence: number): Promise<HeldRecord | undefined> {
    if (sequence < 1 || sequence > line.head.sequence) return undefined
    for await (const record of this.read(line, sequence, sequence)) return record
    return undefined
  }

  /** The point at `sequence`; undefined where it is not held or lies inside a stub. */
  async pointAt(line: Line, sequence: number): Promise<Point | undefined> {
    if (sequence === 0) return ORIGIN
    if (sequence === line.head.sequence) return line.head
    const holder = lineAt(line, sequence)
    const recent = holder.recent.get(sequence)
    if (recent !== undefined) return recent
    const record = await this.recordAt(holder, sequence)
    if (record === undefined) return undefined
    if (record.type === 'stub') return record.stub.to === sequence ? stubEnd(record.stub) : undefined
    const { hash, lamport } = openHeader(record.entry.header)
    const point: Point = { sequence, hash, lamport }
    holder.recent.set(point)
    return point
  }
}

/** The point at which the way to `line` leaves its ancestor `holder`. */
function forkOff(holder: Line, line: Line): Point {
  let at: Line = line
  while (at.parent !== undefined && at.parent !== holder) at = at.parent
  return at.fork
}

/** A branch may leave its parent where the parent has only a stub left. */
function cutStub(stub: Stub, at: Point): Stub {
  return { from: stub.from, to: at.sequence, hash: at.hash, lamport: at.lamport }
}

/** Where a stub ends. */
export function stubEnd(stub: Stub): Point {
  return { sequence: stub.to, hash: stub.hash, lamport: stub.lamport, claimed: true }
}

function push(map: Map<string, Line[]>, key: string, line: Line): void {
  const lines = map.get(key)
  if (lines === undefined) map.set(key, [line])
  else lines.push(line)
}
