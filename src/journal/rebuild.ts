import { concatBytes, fromUtf8, utf8 } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import type { RecordStore } from '../store/record-store.ts'
import { Transaction } from '../store/transaction.ts'
import type { CausalEntry } from './causal-feed.ts'
import { APPLY_BATCH_BYTES, APPLY_BATCH_ENTRIES } from './constants.ts'
import type { Entry } from './entry-types.ts'
import { openHeader } from './header.ts'
import type { OrderedEntry } from './in-order.ts'
import { inOrder } from './in-order.ts'
import type { Judging } from './judging.ts'
import { lamportHolds } from './lamport-rule.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Projecting } from './projecting.ts'
import type { Projection } from './projection.ts'
import type { Range } from './ranges.ts'
import { isWithin, without } from './ranges.ts'

export interface RebuildOptions {
  readonly store: RecordStore
  readonly prefix: Uint8Array
  readonly lines: LineStore
  readonly judging: Judging
  readonly projections: readonly Projection[]
  readonly projecting: Projecting
  readonly present: (entry: Omit<CausalEntry, 'valid'>) => Promise<Entry>
  readonly logger: Logger
}

/**
 * Makes projections anew where what was applied is judged otherwise by now. A mark in the store names them from the moment
 * they are emptied until they are whole again: whatever ends the process, the next start does it once more.
 */
export class Rebuild {
  readonly #options: RebuildOptions
  readonly #markKey: Uint8Array

  constructor(options: RebuildOptions) {
    this.#options = options
    this.#markKey = concatBytes(options.prefix, utf8('mr'))
  }

  /** Goes on with one that did not come to its end. */
  async resume(): Promise<void> {
    const mark = await this.#options.store.get(this.#markKey)
    if (mark === undefined) return
    const names = new Set(fromUtf8(mark).split('\n'))
    await this.#run(
      this.#options.projections.filter(({ name }) => names.has(name)),
      new Map(),
    )
  }

  /** Everything is applied anew by other means. */
  async forget(): Promise<void> {
    await this.#options.store.write([{ type: 'delete', key: this.#markKey }], { durable: false })
  }

  /** @returns whether there was anything to do */
  async whereNeeded(): Promise<boolean> {
    const { judging, logger, projections } = this.#options
    const lines = judging.misapplied()
    if (lines.length === 0) return false
    const voids = new Map(lines.map((line) => [line, judging.voidsOf(line, line.applied.sequence)]))
    const kinds = new Set<string>()
    for (const [line, now] of voids) await this.#addKinds(kinds, line, now)
    const touched = projections.filter((projection) => projection.kinds.some((kind) => kinds.has(kind)))
    const names = touched.map(({ name }) => name)
    logger.info({ projections: names }, 'who belongs has changed, and with it what counts: it is applied anew')
    await this.#run(touched, voids)
    return true
  }

  async #addKinds(kinds: Set<string>, line: Line, now: readonly Range[]): Promise<void> {
    for (const [from, to] of [...without(now, line.voids), ...without(line.voids, now)]) {
      for await (const record of this.#options.lines.read(line, from, to)) {
        if (record.type === 'entry') kinds.add(openHeader(record.entry.header).kind)
      }
    }
  }

  async #run(projections: readonly Projection[], voids: ReadonlyMap<Line, readonly Range[]>): Promise<void> {
    const { lines, store } = this.#options
    const transaction = new Transaction(store)
    transaction.put(this.#markKey, utf8(projections.map(({ name }) => name).join('\n')))
    for (const projection of projections) await projection.reset(transaction)
    for (const [line, ranges] of voids) {
      const record = lines.appliedRecord(line, line.applied, ranges)
      transaction.put(record.key, record.value)
    }
    await transaction.commit({ durable: false })
    for (const [line, ranges] of voids) line.voids = ranges
    if (projections.length > 0) await this.#replay(projections)
    await this.forget()
    for (const projection of projections) projection.rebuilt?.()
  }

  async #replay(projections: readonly Projection[]): Promise<void> {
    const { lines } = this.#options
    const kinds = new Set(projections.flatMap((projection) => projection.kinds))
    const spans = lines.all.map((line) => ({ line, from: line.fork.sequence + 1, to: line.applied.sequence }))
    let batch: Entry[] = []
    let bytes = 0
    for await (const held of inOrder(lines, spans)) {
      if (held.type === 'stub' || !kinds.has(held.header.kind) || !(await this.#takesEffect(held))) continue
      const entry = await this.#options.present(held)
      batch.push(entry)
      bytes += entry.body.length
      if (batch.length < APPLY_BATCH_ENTRIES && bytes < APPLY_BATCH_BYTES) continue
      await this.#apply(projections, batch)
      batch = []
      bytes = 0
    }
    await this.#apply(projections, batch)
  }

  async #takesEffect({ header, line, previous }: OrderedEntry): Promise<boolean> {
    if (isWithin(line.voids, header.sequence)) return false
    return await lamportHolds(this.#options.lines, previous ?? line.fork, header)
  }

  async #apply(projections: readonly Projection[], entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return
    const transaction = new Transaction(this.#options.store)
    const announce = await this.#options.projecting.apply(projections, entries, transaction)
    await transaction.commit({ durable: false })
    // What is made anew says so once, at the end, if it can.
    for (const [projection, say] of announce) if (projection.rebuilt === undefined) say()
  }
}
