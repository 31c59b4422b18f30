import { checkOperations } from './check-operations.ts'
import { StoreClosedError } from './errors.ts'
import { GroupCommit } from './group-commit.ts'
import { copyOf, keyBytes, keyText, MemoryDisk } from './memory-disk.ts'
import type { KeyRange, Operation, RecordStore, WriteOptions } from './record-store.ts'
import { recordsBetween } from './sorted-records.ts'

type State = 'closed' | 'open' | 'killed'

/**
 * Records in memory, under the same contract as on disk, for tests and simulations.
 * Everything resolves in microtasks: no timer, no turn of the loop.
 */
export class MemoryStore implements RecordStore {
  readonly disk: MemoryDisk
  readonly #writes: GroupCommit
  #state: State = 'closed'

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.disk = disk
    this.#writes = new GroupCommit({
      commit: async (operations) => {
        if (this.#state !== 'open') await this.#alive()
        disk.apply(operations)
      },
      sync: async () => {
        if (this.#state !== 'open') await this.#alive()
        disk.sync()
      },
    })
  }

  async start(): Promise<void> {
    await this.#notKilled()
    this.disk.lock(this)
    this.#state = 'open'
  }

  async stop(): Promise<void> {
    await this.#notKilled()
    await this.#writes.idle()
    await this.#notKilled()
    this.#state = 'closed'
    this.disk.unlock(this)
  }

  /**
   * The process that has the store open was killed: nothing asked of it ever resolves or rejects any more, as nothing
   * runs in a dead process. Writes that have resolved are on the disk, the others may be.
   */
  kill(): void {
    this.#state = 'killed'
    this.disk.unlock(this)
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#state !== 'open') await this.#alive()
    return own(this.disk.records.get(keyText(key)))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    if (this.#state !== 'open') await this.#alive()
    return keys.map((key) => own(this.disk.records.get(keyText(key))))
  }

  async write(operations: readonly Operation[], options: WriteOptions): Promise<void> {
    checkOperations(operations)
    if (this.#state !== 'open') await this.#alive()
    if (operations.length === 0 && !options.durable) return
    await this.#writes.write(operations, options.durable)
    if (this.#state !== 'open') await this.#notKilled()
  }

  entries(range: KeyRange): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    return this.#walk(range, this.disk.records.snapshot())
  }

  async compact(): Promise<void> {
    await this.#alive()
  }

  async size(): Promise<number> {
    await this.#alive()
    return this.disk.bytes
  }

  async *#walk(
    range: KeyRange,
    snapshot: ReturnType<MemoryDisk['records']['snapshot']>,
  ): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    const bounds = { gte: keyText(range.gte), lt: keyText(range.lt), reverse: range.reverse === true }
    let left = range.limit ?? Number.POSITIVE_INFINITY
    if (this.#state !== 'open') await this.#alive()
    for (const [key, value] of recordsBetween(snapshot, bounds)) {
      if (left-- <= 0) return
      if (this.#state !== 'open') await this.#alive()
      yield [keyBytes(key), copyOf(value)]
    }
  }

  /** Throws where the store is closed, never goes on where it was killed. */
  async #alive(): Promise<void> {
    await this.#notKilled()
    if (this.#state === 'closed') throw new StoreClosedError(this.disk.name)
  }

  async #notKilled(): Promise<void> {
    if (this.#state === 'killed') await new Promise<never>(() => undefined)
  }
}

function own(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : copyOf(bytes)
}
