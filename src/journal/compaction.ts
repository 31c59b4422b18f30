import { fromHex } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import { publicKeyOf } from '../identity/device-key.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { Blobs } from './blobs.ts'
import type { Entry } from './entry-types.ts'
import type { SealedHeader } from './header.ts'
import { DATA, openHeader } from './header.ts'
import type { Judging } from './judging.ts'
import type { Line, Point } from './line.ts'
import { journalName } from './line.ts'
import type { LineStore } from './line-store.ts'
import { stubEnd } from './line-store.ts'
import type { Presenter } from './presenter.ts'
import type { Projection } from './projection.ts'
import type { Proofs } from './proofs.ts'
import type { Range } from './ranges.ts'
import { clip, joinAdjacent, without } from './ranges.ts'
import type { Stub } from './stored-entry.ts'

export interface CompactionOptions {
  readonly store: RecordStore
  readonly blobs: Blobs
  readonly lines: LineStore
  readonly proofs: Proofs
  readonly presenter: Presenter
  readonly projections: readonly Projection[]
  readonly judging: Judging
  readonly logger: Logger
}

interface Superseded {
  readonly line: Line
  readonly ranges: readonly Range[]
  readonly held: readonly { readonly sequence: number; readonly header: SealedHeader; readonly body: Uint8Array }[]
}

/** Below it the store's own housekeeping is left alone. */
const MIN_RECLAIMED_ENTRIES = 100

export interface CompactionPlan {
  /** Replaces the superseded entries by stubs. */
  drop(): Promise<void>
  /** Gives their space back to the disk; takes its time, and nothing waits for it. */
  reclaim(): Promise<void>
}

/** Drops what a checkpoint says anew, once that was checked, and leaves stubs. */
export class Compaction {
  readonly #options: CompactionOptions

  constructor(options: CompactionOptions) {
    this.#options = options
  }

  /** Checks the checkpoint; resolves to what drops the superseded entries, or to nothing where there is nothing to drop. */
  async plan(checkpoint: Entry): Promise<CompactionPlan | undefined> {
    const { projections, presenter, logger } = this.#options
    const projection = projections.find((one) => one.kinds.includes(checkpoint.kind))
    if (projection?.checkCheckpoint === undefined) return undefined
    const superseded: Superseded[] = []
    for (const { incarnation, ranges } of checkpoint.supersedes) {
      const found = await this.#find(checkpoint, incarnation, ranges)
      if (found !== undefined) superseded.push(found)
    }
    const entries: Entry[] = []
    for (const { line, held } of superseded) {
      for (const { header, body } of held) entries.push(await presenter.entry({ line, header, body }))
    }
    if (entries.length === 0) return undefined
    if (!(await projection.checkCheckpoint(checkpoint, entries))) {
      logger.warn(
        { device: checkpoint.device, sequence: checkpoint.sequence },
        'a checkpoint does not say what it supersedes; the entries are kept',
      )
      return undefined
    }
    return { drop: () => this.#drop(superseded), reclaim: () => this.#reclaim(superseded) }
  }

  /** Held entries in the ranges. The last entry of a journal always stays, so that its head remains signed. */
  async #find(checkpoint: Entry, incarnation: string, ranges: Superseded['ranges']): Promise<Superseded | undefined> {
    const { judging, lines } = this.#options
    const journal = { device: publicKeyOf(checkpoint.device), incarnation: fromHex(incarnation), kind: DATA } as const
    const [line, ...branches] = lines.named(journalName(journal))
    // a forked journal is left whole: its branches share entries
    if (line === undefined || branches.length > 0) return undefined
    const isOwnJournal = incarnation === checkpoint.journal.incarnation
    const end = Math.min(
      line.head.sequence - 1,
      line.applied.sequence,
      isOwnJournal ? checkpoint.sequence - 1 : Infinity,
    )
    const reached = clip(ranges, [1, end])
    const clipped = without(reached, judging.needed(line, reached))
    const held: Superseded['held'][number][] = []
    for (const [from, to] of clipped) {
      for await (const record of lines.read(line, from, to)) {
        if (record.type === 'stub') continue
        held.push({ sequence: record.sequence, header: openHeader(record.entry.header), body: record.entry.body })
      }
    }
    return { line, ranges: joinAdjacent(clipped), held }
  }

  async #reclaim(superseded: readonly Superseded[]): Promise<void> {
    for (const { held, line } of superseded) {
      if (held.length >= MIN_RECLAIMED_ENTRIES) await this.#options.store.compact(this.#options.lines.rangeOf(line))
    }
  }

  async #drop(superseded: readonly Superseded[]): Promise<void> {
    const { blobs, lines, store } = this.#options
    for (const { line, ranges, held } of superseded) {
      const operations: Operation[] = []
      for (const { sequence } of held) operations.push(lines.deleteOperation(line, sequence))
      operations.push(...(await this.#stubs(line, ranges)))
      for (const { header } of held) operations.push(...(await blobs.releaseOperations(line, header)))
      const entries = line.entries - held.length
      const bytes = held.reduce((sum, { header, body }) => sum - header.bytes.length - body.length, line.bytes)
      operations.push(lines.lineOperation({ ...line, entries, bytes }))
      await store.write(operations, { durable: false })
      Object.assign(line, { entries, bytes })
    }
  }

  async #stubs(line: Line, ranges: Superseded['ranges']): Promise<readonly Operation[]> {
    const { lines } = this.#options
    const operations: Operation[] = []
    let last: Stub | undefined
    for (const [first, end] of ranges) {
      let from = first
      let point: Point | undefined
      for await (const record of lines.read(line, Math.max(1, first - 1), end + 1)) {
        const isBefore = record.sequence < first
        if (record.type === 'stub') {
          from = Math.min(from, record.stub.from)
          operations.push(lines.deleteOperation(line, record.stub.to))
          if (!isBefore && record.stub.to >= (point?.sequence ?? 0)) point = stubEnd(record.stub)
          if (isBefore && last?.to === record.stub.to) from = last.from
        } else if (!isBefore && record.sequence <= end) {
          const { sequence, hash, lamport } = openHeader(record.entry.header)
          point = { sequence, hash, lamport }
        }
      }
      if (point === undefined) continue
      last = { from, to: point.sequence, hash: point.hash, lamport: point.lamport }
      operations.push(lines.stubOperation(line, last))
    }
    return operations
  }
}
