import { bytesEqual } from '../base/bytes.ts'
import { APPLY_BATCH_BYTES, APPLY_BATCH_ENTRIES, MAX_FRESH_BYTES } from './constants.ts'
import type { KindCode, SealedHeader, Seen } from './header.ts'
import { MEMBERS, openHeader } from './header.ts'
import { lamportHolds } from './lamport-rule.ts'
import type { Line, Point } from './line.ts'
import { journalName, lineAt } from './line.ts'
import type { LineStore } from './line-store.ts'
import { stubEnd } from './line-store.ts'
import type { Range } from './ranges.ts'
import type { Stub } from './stored-entry.ts'
import { Waiting } from './waiting.ts'

/** An entry whose causal past is applied. */
export interface CausalEntry {
  readonly line: Line
  readonly header: SealedHeader
  readonly body: Uint8Array
  /** Its Lamport number is what its causal past makes it. */
  readonly valid: boolean
}

export interface CausalBatch {
  readonly entries: readonly CausalEntry[]
  /** How far each line is applied once the batch is. */
  readonly advanced: ReadonlyMap<Line, Point>
}

type QueueItem =
  | { readonly type: 'entry'; readonly header: SealedHeader; readonly body: Uint8Array }
  | { readonly type: 'stub'; readonly stub: Stub }

const READ_AHEAD = 256

/** Puts entries of all lines into an order in which everybody's causal past comes first. */
export class CausalFeed {
  readonly #lines: LineStore
  readonly #queues = new Map<Line, ItemQueue>()
  readonly #staged = new Map<Line, Point>()
  readonly #waiting = new Waiting()
  readonly #ready = new Set<Line>()
  #freshBytes = 0

  constructor(lines: LineStore) {
    this.#lines = lines
    for (const line of lines.all) this.touch(line)
  }

  /** Bytes of entries that are kept in memory until they are applied. */
  get freshBytes(): number {
    return this.#freshBytes
  }

  /** New places of a line are in the store; kept here too while there is room, so that they aren't read back. */
  offer(line: Line, items: readonly QueueItem[]): void {
    const queue = this.#queues.get(line) ?? new ItemQueue()
    const reached = queue.end ?? this.#position(line).sequence
    const [first] = items
    if (first !== undefined && startOf(first) === reached + 1) {
      for (const item of items) {
        if (this.#freshBytes >= MAX_FRESH_BYTES) break
        queue.push(item)
        this.#freshBytes += sizeOf(item)
      }
      this.#queues.set(line, queue)
    }
    this.touch(line)
  }

  /** Looks at this line again. */
  touch(line: Line): void {
    if (line.applied.sequence < line.head.sequence) this.#ready.add(line)
  }

  /**
   * The next batch, or undefined where nothing is ready. Ends with `commit` or `rewind`. Who belongs is never in one batch
   * with data, which is judged by it.
   */
  async next(): Promise<CausalBatch | undefined> {
    const entries: CausalEntry[] = []
    const advanced = new Map<Line, Point>()
    let bytes = 0
    let kind: KindCode | undefined
    for (const line of this.#readyInOrder()) {
      if (kind !== undefined && kind !== line.journal.kind) return { entries, advanced }
      // taken out before anything is awaited: whatever arrives meanwhile puts it back
      this.#ready.delete(line)
      for (;;) {
        if (entries.length >= APPLY_BATCH_ENTRIES || bytes >= APPLY_BATCH_BYTES) {
          this.#ready.add(line)
          return { entries, advanced }
        }
        const item = this.#queues.get(line)?.first ?? (await this.#load(line))
        if (item === undefined) break
        const blockedBy = await this.#blockedBy(line, item)
        if (blockedBy !== undefined) {
          this.#waiting.add(blockedBy, line)
          break
        }
        const point = await this.#take(line, item, entries)
        kind = line.journal.kind
        advanced.set(line, point)
        bytes += sizeOf(item)
        for (const waiting of this.#waiting.take(line.name)) this.#ready.add(waiting)
      }
    }
    return advanced.size === 0 ? undefined : { entries, advanced }
  }

  /** Members first; iterating sees lines that become ready on the way. */
  *#readyInOrder(): Iterable<Line> {
    for (;;) {
      let next: Line | undefined
      for (const line of this.#ready) {
        next ??= line
        if (line.journal.kind === MEMBERS) {
          next = line
          break
        }
      }
      if (next === undefined) return
      yield next
    }
  }

  async #take(line: Line, item: QueueItem, entries: CausalEntry[]): Promise<Point> {
    let point: Point
    if (item.type === 'stub') {
      point = stubEnd(item.stub)
    } else {
      const { header, body } = item
      const valid = await lamportHolds(this.#lines, this.#position(line), header)
      entries.push({ line, header, body, valid })
      point = { sequence: header.sequence, hash: header.hash, lamport: header.lamport }
    }
    this.#staged.set(line, point)
    this.#queues.get(line)?.shift()
    this.#freshBytes -= sizeOf(item)
    return point
  }

  /** The name of a journal that must get further first; undefined where the item may be applied. */
  async #blockedBy(line: Line, item: QueueItem): Promise<string | undefined> {
    if (line.parent !== undefined && this.#position(line) === line.fork) {
      const { sequence } = line.fork
      if (this.#position(lineAt(line.parent, sequence)).sequence < sequence) return line.name
    }
    if (item.type === 'stub') return undefined
    for (const seen of item.header.seen) {
      const name = journalName(seen.journal)
      if (!(await this.#isApplied(name, seen))) return name
    }
    return undefined
  }

  async #isApplied(name: string, seen: Seen): Promise<boolean> {
    for (const line of this.#lines.named(name)) {
      if (this.#position(line).sequence < seen.sequence) continue
      const point = await this.#lines.pointAt(line, seen.sequence)
      // inside a stub no hash is left to compare; its checkpoint vouches for what was there
      if (point === undefined || bytesEqual(point.hash, seen.hash)) return true
    }
    return false
  }

  #position(line: Line): Point {
    return this.#staged.get(line) ?? line.applied
  }

  async #load(line: Line): Promise<QueueItem | undefined> {
    const from = this.#position(line).sequence + 1
    if (from > line.head.sequence) return undefined
    const queue = new ItemQueue()
    for await (const record of this.#lines.read(line, from, Math.min(line.head.sequence, from + READ_AHEAD - 1))) {
      if (record.type === 'stub') queue.push({ type: 'stub', stub: record.stub })
      else queue.push({ type: 'entry', header: openHeader(record.entry.header), body: record.entry.body })
    }
    const meanwhile = this.#queues.get(line)
    if (meanwhile?.first !== undefined) return meanwhile.first
    for (const item of queue) this.#freshBytes += sizeOf(item)
    this.#queues.set(line, queue)
    return queue.first
  }

  /** What is held of the line has changed: what was read ahead is forgotten. */
  reread(line: Line): void {
    const queue = this.#queues.get(line)
    for (const item of queue ?? []) this.#freshBytes -= sizeOf(item)
    this.#queues.delete(line)
    this.touch(line)
  }

  /** @param voids what of each line was applied as nothing, with this batch */
  commit(batch: CausalBatch, voids: ReadonlyMap<Line, readonly Range[]>): void {
    for (const [line, point] of batch.advanced) {
      line.applied = point
      line.voids = voids.get(line) ?? line.voids
      if (this.#staged.get(line) === point) this.#staged.delete(line)
    }
  }

  /** The batch could not be committed: everything taken is offered again. */
  rewind(batch: CausalBatch): void {
    for (const line of batch.advanced.keys()) this.#forget(line)
  }

  #forget(line: Line): void {
    this.#staged.delete(line)
    this.reread(line)
  }

  /** Marks every line as not applied at all. */
  reset(stored: (line: Line) => void): void {
    for (const line of this.#lines.all) {
      line.applied = line.fork
      line.voids = []
      stored(line)
      this.#forget(line)
    }
  }
}

const startOf = (item: QueueItem): number => (item.type === 'stub' ? item.stub.from : item.header.sequence)

const sizeOf = (item: QueueItem): number => (item.type === 'stub' ? 0 : item.header.bytes.length + item.body.length)

/** First in, first out; taking from the front does not move the rest. */
class ItemQueue implements Iterable<QueueItem> {
  #items: QueueItem[] = []
  #start = 0

  get first(): QueueItem | undefined {
    return this.#items[this.#start]
  }

  /** The last sequence in it; undefined while it is empty. */
  get end(): number | undefined {
    if (this.#start >= this.#items.length) return undefined
    const last = this.#items.at(-1)
    return last?.type === 'stub' ? last.stub.to : last?.header.sequence
  }

  push(item: QueueItem): void {
    this.#items.push(item)
  }

  shift(): void {
    this.#start += 1
    if (this.#start * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#start)
    this.#start = 0
  }

  *[Symbol.iterator](): Iterator<QueueItem> {
    for (let index = this.#start; index < this.#items.length; index++) {
      const item = this.#items[index]
      if (item !== undefined) yield item
    }
  }
}
