import type { Logger } from '../base/log.ts'
import { messageOf } from '../base/errors.ts'
import { Mutex } from '../base/mutex.ts'
import type { RecordStore } from '../store/record-store.ts'
import { Transaction } from '../store/transaction.ts'
import type { CausalEntry, CausalFeed } from './causal-feed.ts'
import type { Entry } from './entry-types.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Projection } from './projection.ts'

export interface ApplierOptions {
  readonly store: RecordStore
  readonly lines: LineStore
  readonly feed: CausalFeed
  readonly projections: readonly Projection[]
  readonly logger: Logger
  /** Makes the entry that projections see; joins its blobs. */
  readonly present: (entry: CausalEntry) => Promise<Entry>
  /** Called after each transaction. */
  readonly onApplied: (entries: readonly Entry[]) => void
  readonly isStoreFailure: (error: unknown) => boolean
}

/**
 * Brings entries to the projections in causal order. Each transaction holds the projections' writes together with how
 * far each line is applied, so that every entry takes effect exactly once whatever happens to the process.
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
      while (await this.#pass()) {
        // the next batch may have become ready by this one
      }
    })
  }

  async idle(): Promise<void> {
    await this.#mutex.idle()
  }

  async #pass(): Promise<boolean> {
    const { feed, lines, present, store } = this.#options
    const batch = await feed.next()
    if (batch === undefined) return false
    const entries: Entry[] = []
    for (const ready of batch.entries) {
      if (ready.valid) entries.push(await present(ready))
      else
        this.#options.logger.warn(
          { sequence: ready.header.sequence },
          'an entry with a false Lamport number counts nothing',
        )
    }
    const transaction = new Transaction(store)
    for (const [line, point] of batch.advanced) {
      const record = lines.appliedRecord(line, point)
      transaction.put(record.key, record.value)
    }
    let announce: readonly (() => void)[]
    try {
      announce = await this.#project(entries, transaction)
      await transaction.commit({ durable: false })
    } catch (error) {
      feed.rewind(batch)
      throw error
    }
    feed.commit(batch)
    for (const say of announce) say()
    this.#options.onApplied(entries)
    return true
  }

  async #project(entries: readonly Entry[], transaction: Transaction): Promise<readonly (() => void)[]> {
    const announce: (() => void)[] = []
    for (const projection of this.#options.projections) {
      const share = entries.filter(
        ({ journal, kind }) => projection.kinds.includes(kind) || projection.journals === journal.kind,
      )
      if (share.length === 0) continue
      announce.push(await this.#applyShare(projection, share, transaction))
    }
    return announce
  }

  /** A failure of a projection costs the entry that caused it, never those beside it. */
  async #applyShare(projection: Projection, share: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const attempt = transaction.fork()
    try {
      const say = await projection.apply(share, attempt)
      transaction.merge(attempt)
      return say
    } catch (error) {
      if (this.#options.isStoreFailure(error)) throw error
      const [only, ...others] = share
      if (only === undefined || others.length === 0) {
        this.#options.logger.error(
          { projection: projection.name, kind: only?.kind, device: only?.device, sequence: only?.sequence },
          `an entry could not be applied and is left out: ${messageOf(error)}`,
        )
        return () => undefined
      }
      const half = Math.ceil(share.length / 2)
      const first = await this.#applyShare(projection, share.slice(0, half), transaction)
      const second = await this.#applyShare(projection, share.slice(half), transaction)
      return () => {
        first()
        second()
      }
    }
  }

  /** Marks everything as not applied, so that the next run brings it to the projections anew. */
  async reset(): Promise<void> {
    await this.#mutex.run(async () => {
      const transaction = new Transaction(this.#options.store)
      for (const projection of this.#options.projections) await projection.reset(transaction)
      this.#options.feed.reset((line: Line) => {
        const record = this.#options.lines.appliedRecord(line, line.applied)
        transaction.put(record.key, record.value)
      })
      await transaction.commit({ durable: false })
    })
  }
}
