import { bytesEqual, toHex } from '../base/bytes.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { Authority } from './authority.ts'
import type { Blobs } from './blobs.ts'
import { MAX_DEVICES, MAX_LINES_PER_DEVICE, MAX_UNADMITTED_DEVICES, MAX_UNADMITTED_ENTRIES } from './constants.ts'
import { MissingBlobsError, StructureError } from './errors.ts'
import type { JournalAddress, Position } from './header.ts'
import { DATA } from './header.ts'
import type { SoundBatch, SoundItem } from './incoming.ts'
import type { Line, Point } from './line.ts'
import { lineAt } from './line.ts'
import type { LineStore } from './line-store.ts'

export type IngestOutcome =
  | { readonly type: 'stored'; readonly line: Line; readonly items: readonly SoundItem[]; readonly forked: boolean }
  | { readonly type: 'known' }
  /** Something before the batch is not here yet. */
  | { readonly type: 'gap' }
  /** Not kept, whoever sends it: nobody admitted the device, or it has too many journals. */
  | { readonly type: 'refused'; readonly reason: string }

interface Placement {
  readonly line: Line
  /** Index of the first item that is not held in this line. */
  readonly rest: number
  /** The point before that item. */
  readonly at: Point
  /** Places after this one, up to `at`, could not be compared: a stub of the batch covers them. */
  readonly sure: number
}

/** Finds the place of sound batches among the lines and writes them. Callers take turns (one mutex a space). */
export class Ingest {
  readonly #store: RecordStore
  readonly #lines: LineStore
  readonly #blobs: Blobs
  readonly #authority: Authority
  #unadmitted: { readonly revision: number; readonly deviceCount: number; readonly count: number } | undefined

  constructor(options: {
    readonly store: RecordStore
    readonly lines: LineStore
    readonly blobs: Blobs
    readonly authority: Authority
  }) {
    this.#store = options.store
    this.#lines = options.lines
    this.#blobs = options.blobs
    this.#authority = options.authority
  }

  /** Why entries of this journal would not be kept; undefined where they would. */
  refusal(journal: JournalAddress, head: number): string | undefined {
    const lines = this.#lines.ofDevice(toHex(journal.device))
    if (lines.length === 0 && this.#lines.deviceCount >= MAX_DEVICES) return 'too many devices'
    if (this.#authority.admits(journal.device)) return undefined
    if (journal.kind === DATA) return 'a device that nobody admitted'
    if (lines.length === 0 && this.#unadmittedDevices >= MAX_UNADMITTED_DEVICES)
      return 'too many devices that nobody admitted'
    return head > MAX_UNADMITTED_ENTRIES ? 'too many entries of a device that nobody admitted' : undefined
  }

  /** Counted anew only where it may have changed. */
  get #unadmittedDevices(): number {
    const { revision } = this.#authority
    const { deviceCount } = this.#lines
    if (this.#unadmitted?.revision !== revision || this.#unadmitted.deviceCount !== deviceCount) {
      const strangers = this.#lines.all.filter(({ journal }) => !this.#authority.admits(journal.device))
      const count = new Set(strangers.map(({ journal }) => toHex(journal.device))).size
      this.#unadmitted = { revision, deviceCount, count }
    }
    return this.#unadmitted.count
  }

  /**
   * @param own operations that are committed with one's own entries, their blobs included
   * @throws MissingBlobsError where blobs must be fetched first; nothing is stored then
   */
  async store(batch: SoundBatch, own?: readonly Operation[]): Promise<IngestOutcome> {
    const reason = this.refusal(batch.journal, batch.head.sequence)
    if (reason !== undefined) return { type: 'refused', reason }
    const placed = await this.#place(batch)
    if (placed === 'gap') return { type: 'gap' }
    if (placed !== undefined && placed.rest >= batch.items.length) return { type: 'known' }
    const forks = placed !== undefined && placed.at.sequence < placed.line.head.sequence
    if (placed === undefined || forks) {
      const count = this.#lines.ofDevice(toHex(batch.journal.device)).length
      if (count >= MAX_LINES_PER_DEVICE) return { type: 'refused', reason: 'too many journals of one device' }
    }
    const rest = batch.items.slice(placed?.rest ?? 0)
    if (own === undefined) await this.#requireBlobs(rest)
    const operations = own ?? []
    if (placed === undefined) {
      const line = this.#lines.create(batch.journal)
      return await this.#write(line, rest, { created: true, forked: false, operations })
    }
    if (!forks) {
      const cleared = await this.#clearUnsure(placed, rest)
      return await this.#write(placed.line, cleared.items, {
        created: false,
        forked: false,
        operations: [...operations, ...cleared.operations],
        held: cleared.held,
      })
    }
    const [first] = rest
    if (first === undefined) return { type: 'known' }
    const parent = lineAt(placed.line, Math.max(placed.at.sequence, 1))
    const line = this.#lines.create(batch.journal, { parent, at: placed.at, branch: endOf(first).hash })
    return await this.#write(line, trim(rest, placed.at.sequence), { created: true, forked: true, operations })
  }

  /**
   * A stub reaches back over places held here that nothing can be compared with any more (they may even be of a branch
   * that its author left behind after restoring a backup). The stub takes their place, as on the peer that sent it.
   */
  async #clearUnsure(placed: Placement, items: readonly SoundItem[]): Promise<Cleared> {
    const [first] = items
    const { line, sure } = placed
    if (first?.type !== 'stub' || first.stub.from > line.head.sequence)
      return { items, operations: [], held: NOTHING_HELD }
    const from = Math.max(first.stub.from, sure + 1, line.fork.sequence + 1)
    const operations: Operation[] = []
    let start = from
    let { bytes, entries } = NOTHING_HELD
    for await (const record of this.#lines.read(line, from)) {
      operations.push(this.#lines.deleteOperation(line, record.sequence))
      if (record.type === 'stub') {
        start = Math.min(start, record.stub.from)
        continue
      }
      entries += 1
      bytes += record.entry.header.length + record.entry.body.length
    }
    line.recent.forget(from, line.head.sequence)
    const stub: SoundItem = { type: 'stub', stub: { ...first.stub, from: start } }
    return { items: [stub, ...items.slice(1)], operations, held: { entries, bytes } }
  }

  /** The held line that agrees with the batch the furthest. */
  async #place(batch: SoundBatch): Promise<Placement | 'gap' | undefined> {
    const candidates = this.#lines.named(batch.name)
    if (candidates.length === 0) return batch.before.sequence === 0 ? undefined : 'gap'
    let best: Placement | undefined
    for (const line of candidates) {
      const placement = await this.#agree(line, batch)
      if (placement === undefined) continue
      const longer = best === undefined || placement.rest > best.rest
      const appends = placement.rest === best?.rest && placement.at.sequence === line.head.sequence
      if (longer || appends) best = placement
    }
    if (best !== undefined) return best
    const furthest = Math.max(...candidates.map((line) => line.head.sequence))
    if (batch.before.sequence > furthest) return 'gap'
    throw new StructureError('a batch that follows nothing held here')
  }

  async #agree(line: Line, batch: SoundBatch): Promise<Placement | undefined> {
    const { before } = batch
    if (before.sequence > line.head.sequence) return undefined
    const start = await this.#lines.pointAt(line, before.sequence)
    // a place inside a stub of ours has no hash left to compare: the chain further on decides
    if (
      start !== undefined &&
      before.hash !== undefined &&
      before.sequence > 0 &&
      !bytesEqual(start.hash, before.hash)
    ) {
      return undefined
    }
    // the last place at which both are known to agree: what differs later begins there
    let sure: Placement = {
      line,
      rest: 0,
      at: start ?? { ...before, hash: before.hash ?? line.head.hash, lamport: 0 },
      sure: before.sequence,
    }
    for (const [index, item] of batch.items.entries()) {
      const end = endOf(item)
      if (end.sequence > line.head.sequence) {
        const reached = end.sequence === line.head.sequence + 1 || item.type === 'stub'
        return reached ? { line, rest: index, at: line.head, sure: sure.sure } : sure
      }
      const held = await this.#lines.pointAt(line, end.sequence)
      if (held === undefined) continue
      if (!bytesEqual(held.hash, end.hash)) return sure
      sure = { line, rest: index + 1, at: held, sure: held.sequence }
    }
    return { ...sure, rest: batch.items.length }
  }

  async #requireBlobs(items: readonly SoundItem[]): Promise<void> {
    const hashes = items.flatMap((item) => (item.type === 'entry' ? item.header.blobs.map((blob) => blob.hash) : []))
    const missing = await this.#blobs.missing(hashes)
    if (missing.length > 0) throw new MissingBlobsError(missing)
  }

  async #write(
    line: Line,
    items: readonly SoundItem[],
    how: {
      readonly created: boolean
      readonly forked: boolean
      readonly operations: readonly Operation[]
      readonly held?: Held
    },
  ): Promise<IngestOutcome> {
    const operations: Operation[] = [...how.operations]
    const { bytes, entries } = how.held ?? NOTHING_HELD
    const next = { head: line.head, entries: line.entries - entries, bytes: line.bytes - bytes }
    for (const item of items) {
      if (item.type === 'stub') {
        operations.push(this.#lines.stubOperation(line, item.stub))
        next.head = { sequence: item.stub.to, hash: item.stub.hash, lamport: item.stub.lamport }
        continue
      }
      const { header, signature, body } = item
      operations.push(this.#lines.entryOperation(line, header.sequence, { header: header.bytes, signature, body }))
      operations.push(...this.#blobs.markOperations(line, header))
      next.head = { sequence: header.sequence, hash: header.hash, lamport: header.lamport }
      next.entries += 1
      next.bytes += header.bytes.length + body.length
    }
    operations.push(this.#lines.lineOperation({ ...line, ...next }))
    try {
      await this.#store.write(operations, { durable: false })
    } catch (error) {
      if (how.created) this.#lines.discard(line)
      throw error
    }
    Object.assign(line, next)
    for (const item of items) {
      if (item.type === 'stub') continue
      const { sequence, hash, lamport } = item.header
      line.recent.set({ sequence, hash, lamport })
    }
    return { type: 'stored', line, items, forked: how.forked }
  }
}

function endOf(item: SoundItem): Position {
  return item.type === 'stub' ? { sequence: item.stub.to, hash: item.stub.hash } : item.header
}

interface Held {
  readonly entries: number
  readonly bytes: number
}

const NOTHING_HELD: Held = { entries: 0, bytes: 0 }

interface Cleared {
  readonly items: readonly SoundItem[]
  readonly operations: readonly Operation[]
  /** What the operations take away. */
  readonly held: Held
}

/** Cuts the part that is held already off a leading stub. */
function trim(items: readonly SoundItem[], held: number): readonly SoundItem[] {
  const [first, ...others] = items
  if (first?.type !== 'stub' || first.stub.from > held) return items
  return [{ type: 'stub', stub: { ...first.stub, from: held + 1 } }, ...others]
}
