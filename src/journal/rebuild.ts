import { concatBytes, fromUtf8, utf8 } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import type { RecordStore } from '../store/record-store.ts'
import { Transaction } from '../store/transaction.ts'
import type { CausalEntry } from './causal-feed.ts'
import { APPLY_BATCH_BYTES, APPLY_BATCH_ENTRIES, MAX_REJUDGED_BYTES, MAX_REJUDGED_ENTRIES } from './constants.ts'
import type { Entry } from './entry-types.ts'
import type { OrderedEntry } from './in-order.ts'
import { inOrder } from './in-order.ts'
import type { Judging } from './judging.ts'
import { lamportHolds } from './lamport-rule.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Projecting } from './projecting.ts'
import type { Projection, RejudgedEntries } from './projection.ts'
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
      new Transaction(this.#options.store),
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
    const changes = await this.#changesOf(voids)
    const touched = projections.filter((projection) => projection.kinds.some((kind) => changes.kinds.has(kind)))
    const transaction = new Transaction(this.#options.store)
    const announce: (() => void)[] = []
    const left: Projection[] = []
    for (const projection of touched) {
      const say = changes.isWhole ? await this.#rejudge(projection, changes, transaction) : undefined
      if (say === undefined) left.push(projection)
      else announce.push(say)
    }
    logger.info({ projections: touched.map(({ name }) => name) }, 'who belongs has changed, and with it what counts')
    await this.#run(left, voids, transaction)
    for (const say of announce) say()
    return true
  }

  async #rejudge(
    projection: Projection,
    { restored, voided }: Changes,
    transaction: Transaction,
  ): Promise<(() => void) | undefined> {
    const isRead = ({ kind }: Entry): boolean => projection.kinds.includes(kind)
    const attempt = transaction.fork()
    const say = await projection.rejudge?.(
      { voided: voided.filter(isRead), restored: restored.filter(isRead) },
      attempt,
    )
    if (say !== undefined) transaction.merge(attempt)
    return say
  }

  /** What is judged otherwise than it was applied. */
  async #changesOf(voids: ReadonlyMap<Line, readonly Range[]>): Promise<Changes> {
    const changes = { kinds: new Set<string>(), voided: [] as Entry[], restored: [] as Entry[], isWhole: true }
    let bytes = 0
    for (const [line, now] of voids) {
      for await (const held of this.#heldIn(line, without(now, line.voids))) {
        changes.kinds.add(held.header.kind)
        bytes += held.body.length
        if (!isTooMuch(changes, bytes)) changes.voided.push(await this.#options.present(held))
      }
      for await (const held of this.#heldIn(line, without(line.voids, now))) {
        changes.kinds.add(held.header.kind)
        bytes += held.body.length
        if (isTooMuch(changes, bytes) || !(await this.#isGenuine(held))) continue
        changes.restored.push(await this.#options.present(held))
      }
      changes.isWhole = !isTooMuch(changes, bytes)
    }
    return changes
  }

  async *#heldIn(line: Line, ranges: readonly Range[]): AsyncGenerator<OrderedEntry> {
    for (const [from, to] of ranges) {
      for await (const item of inOrder(this.#options.lines, [{ line, from, to }])) if (item.type === 'entry') yield item
    }
  }

  async #isGenuine({ header, line, previous }: OrderedEntry): Promise<boolean> {
    const { lines } = this.#options
    const before = previous ?? (await lines.pointAt(line, header.sequence - 1)) ?? { ...line.fork, claimed: true }
    return await lamportHolds(lines, before, header)
  }

  async #run(
    projections: readonly Projection[],
    voids: ReadonlyMap<Line, readonly Range[]>,
    transaction: Transaction,
  ): Promise<void> {
    const { lines } = this.#options
    if (projections.length > 0) transaction.put(this.#markKey, utf8(projections.map(({ name }) => name).join('\n')))
    for (const projection of projections) await projection.reset(transaction)
    for (const [line, ranges] of voids) {
      const record = lines.appliedRecord(line, line.applied, ranges)
      transaction.put(record.key, record.value)
    }
    await transaction.commit({ durable: false })
    for (const [line, ranges] of voids) line.voids = ranges
    if (projections.length === 0) return
    await this.#replay(projections)
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

  async #takesEffect(held: OrderedEntry): Promise<boolean> {
    return !isWithin(held.line.voids, held.header.sequence) && (await this.#isGenuine(held))
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

interface Changes extends RejudgedEntries {
  readonly kinds: ReadonlySet<string>
  /** All of them are there: they are not too many to be held in memory. */
  readonly isWhole: boolean
}

const isTooMuch = ({ restored, voided }: RejudgedEntries, bytes: number): boolean =>
  restored.length + voided.length >= MAX_REJUDGED_ENTRIES || bytes > MAX_REJUDGED_BYTES
