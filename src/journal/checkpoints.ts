import { concatBytes, fromHex } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import type { Mutex } from '../base/mutex.ts'
import { prefixRange, readUint64Key, uint32Key, uint64Key } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import { isOwn } from './author.ts'
import type { Compaction } from './compaction.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import type { Entry } from './entry-types.ts'
import type { Frontier } from './frontier.ts'
import { DATA, openHeader } from './header.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Presenter } from './presenter.ts'
import type { Proofs } from './proofs.ts'
import { isWithin } from './ranges.ts'

export interface CheckpointsOptions {
  readonly store: RecordStore
  /** Before the record keys of checkpoints that are not carried out yet. */
  readonly prefix: Uint8Array
  readonly key: DeviceKey
  readonly lines: LineStore
  readonly frontier: Frontier
  readonly proofs: Proofs
  readonly presenter: Presenter
  readonly compaction: Compaction
  /** Writing to lines takes turns. */
  readonly turns: Mutex
  readonly logger: Logger
}

interface Due {
  readonly key: Uint8Array
  readonly line: Line
  readonly sequence: number
}

/**
 * Checkpoints that were applied and are to be carried out: once they count, and, where they are somebody else's, once an
 * entry of one's own vouches for them (SPEC.md J18). They outlast the process.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  #due: readonly Due[] = []

  constructor(options: CheckpointsOptions) {
    this.#options = options
  }

  async load(): Promise<void> {
    const { lines, prefix, store } = this.#options
    const byNumber = new Map(lines.all.map((line) => [line.number, line]))
    const due: Due[] = []
    for await (const [key] of store.entries(prefixRange(prefix))) {
      const number = new DataView(key.buffer, key.byteOffset + prefix.length).getUint32(0)
      const line = byNumber.get(number)
      if (line !== undefined) due.push({ key, line, sequence: readUint64Key(key, prefix.length + 4) })
    }
    this.#due = due
  }

  /** A checkpoint was applied, be it as nothing; its record was committed with that. */
  applied(line: Line, sequence: number): void {
    this.#due = [...this.#due, { key: this.keyOf(line, sequence), line, sequence }]
  }

  /** Of the record, without a value, that says that it is to be carried out. */
  keyOf(line: Line, sequence: number): Uint8Array {
    return concatBytes(this.#options.prefix, uint32Key(line.number), uint64Key(sequence))
  }

  /** There may be something to carry out. */
  get isDue(): boolean {
    return this.#due.some((due) => this.#isReady(due))
  }

  #isReady({ line, sequence }: Due): boolean {
    if (line.applied.sequence < sequence || isWithin(line.voids, sequence)) return false
    return isOwn(this.#options.key, line.journal) || line.seen[DATA] >= sequence
  }

  async carryOut(): Promise<void> {
    const ready = this.#due.filter((due) => this.#isReady(due))
    this.#due = this.#due.filter((due) => !ready.includes(due))
    for (const due of ready) {
      try {
        const checkpoint = await this.#read(due)
        if (checkpoint !== undefined) await this.#carryOut(due.line, checkpoint)
        await this.#options.store.write([{ type: 'delete', key: due.key }], { durable: false })
      } catch (error) {
        this.#options.logger.error({ error, sequence: due.sequence }, 'a checkpoint could not be carried out')
      }
    }
  }

  /** Undefined where a later one took its place. */
  async #read({ line, sequence }: Due): Promise<Entry | undefined> {
    const record = await this.#options.lines.recordAt(line, sequence)
    if (record?.type !== 'entry') return undefined
    const { body, header } = record.entry
    return await this.#options.presenter.entry({ line, header: openHeader(header), body })
  }

  async #carryOut(line: Line, checkpoint: Entry): Promise<void> {
    const { compaction, turns } = this.#options
    const plan = await compaction.plan(checkpoint)
    if (plan === undefined) return
    await turns.run(async () => {
      await this.#rememberProof(line, checkpoint)
      await plan.drop()
    })
    await plan.reclaim()
  }

  async #rememberProof(line: Line, { sequence, supersedes }: Entry): Promise<void> {
    const { frontier, lines, proofs, store } = this.#options
    const record = await lines.recordAt(line, sequence)
    if (record?.type !== 'entry' || record.entry.signature === undefined) {
      throw new Error('the checkpoint is no longer here as it was signed')
    }
    const operations = proofs.add(openHeader(record.entry.header), record.entry.signature)
    for (const { incarnation } of supersedes) {
      const { device, kind } = line.journal
      frontier.touch({ device, kind, incarnation: fromHex(incarnation) })
    }
    await store.write(operations, { durable: false })
  }
}
