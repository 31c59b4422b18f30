import { EMPTY_BYTES } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import { Mutex } from '../base/mutex.ts'
import type { RecordStore } from '../store/record-store.ts'
import { Transaction } from '../store/transaction.ts'
import type { CausalBatch, CausalEntry, CausalFeed } from './causal-feed.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Entry } from './entry-types.ts'
import { DATA } from './header.ts'
import type { Judging } from './judging.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Projecting } from './projecting.ts'
import type { Projection } from './projection.ts'
import type { Range } from './ranges.ts'
import { clip, isWithin, joinAdjacent } from './ranges.ts'
import type { Rebuild } from './rebuild.ts'

export interface ApplierOptions {
  readonly store: RecordStore
  readonly lines: LineStore
  readonly feed: CausalFeed
  readonly judging: Judging
  readonly rebuild: Rebuild
  readonly checkpoints: Checkpoints
  readonly projections: readonly Projection[]
  readonly projecting: Projecting
  readonly logger: Logger
  /** Makes the entry that projections see; joins its blobs. */
  readonly present: (entry: CausalEntry) => Promise<Entry>
  /** Called after each transaction. */
  readonly onApplied: (entries: readonly Entry[]) => void
  /** Projections were made anew. */
  readonly onRebuilt: () => void
}

/**
 * Brings entries to the projections in causal order. Each transaction holds the projections' writes together with how
 * far each line is applied and what of it counts nothing, so that every entry takes effect exactly once whatever happens
 * to the process.
 */
export class Applier {
  readonly #options: ApplierOptions
  readonly #mutex = new Mutex()
  #wanted = false

  constructor(options: ApplierOptions) {
    this.#options = options
  }

  /** Applies all that is ready, including what becomes ready meanwhile. Calls made while it runs share one more pass. */
  async run(): Promise<void> {
    if (this.#wanted) {
      await this.#mutex.idle()
      return
    }
    this.#wanted = true
    await this.#mutex.run(async () => {
      this.#wanted = false
      while ((await this.#pass()) || (await this.#mendEffects())) {
        // the next batch may have become ready by this one
      }
    })
  }

  /** Once nothing more is ready, since much of it may change what counts. */
  async #mendEffects(): Promise<boolean> {
    const { onRebuilt, rebuild } = this.#options
    if (!(await rebuild.whereNeeded())) return false
    onRebuilt()
    return true
  }

  async idle(): Promise<void> {
    await this.#mutex.idle()
  }

  async #pass(): Promise<boolean> {
    const { feed, judging } = this.#options
    await judging.refresh()
    const batch = await feed.next()
    if (batch === undefined) return false
    try {
      await this.#apply(batch)
    } catch (error) {
      feed.rewind(batch)
      throw error
    }
    return true
  }

  async #apply(batch: CausalBatch): Promise<void> {
    const { checkpoints, feed, judging, lines, projecting, projections, store } = this.#options
    await judging.take(batch)
    const voids = new Map<Line, readonly Range[]>()
    const transaction = new Transaction(store)
    for (const [line, point] of batch.advanced) {
      // What was applied before stays as it was: where that is judged otherwise by now, it is applied anew.
      const news = clip(judging.voidsOf(line, point.sequence), [line.applied.sequence + 1, point.sequence])
      const ranges = joinAdjacent([...line.voids, ...news])
      voids.set(line, ranges)
      const record = lines.appliedRecord(line, point, ranges)
      transaction.put(record.key, record.value)
    }
    const compacting = batch.entries.filter(({ header, valid }) => valid && header.supersedes.length > 0)
    for (const { header, line } of compacting) transaction.put(checkpoints.keyOf(line, header.sequence), EMPTY_BYTES)
    const entries = await this.#effective(batch, voids)
    const announce = await projecting.apply(projections, entries, transaction)
    await transaction.commit({ durable: false })
    feed.commit(batch, voids)
    for (const { header, line } of compacting) checkpoints.applied(line, header.sequence)
    for (const [, say] of announce) say()
    this.#options.onApplied(entries)
  }

  async #effective(batch: CausalBatch, voids: ReadonlyMap<Line, readonly Range[]>): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    for (const ready of batch.entries) {
      const { header, line, valid } = ready
      if (!valid) {
        this.#options.logger.warn({ sequence: header.sequence }, 'an entry with a false Lamport number counts nothing')
      } else if (line.journal.kind !== DATA || !isWithin(voids.get(line) ?? [], header.sequence)) {
        entries.push(await this.#options.present(ready))
      }
    }
    return entries
  }

  /** Marks everything as not applied, so that the next run brings it to the projections anew. */
  async reset(): Promise<void> {
    await this.#mutex.run(async () => {
      const transaction = new Transaction(this.#options.store)
      for (const projection of this.#options.projections) await projection.reset(transaction)
      this.#options.feed.reset((line: Line) => {
        const record = this.#options.lines.appliedRecord(line, line.applied, line.voids)
        transaction.put(record.key, record.value)
      })
      await transaction.commit({ durable: false })
      await this.#options.rebuild.forget()
    })
  }

  /** Ends a rebuild that was cut off. */
  async resume(): Promise<void> {
    await this.#mutex.run(() => this.#options.rebuild.resume())
  }
}
