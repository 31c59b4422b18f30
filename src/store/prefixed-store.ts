import { concatBytes } from '../base/bytes.ts'
import type { KeyRange, Operation, RecordStore, WriteOptions } from './record-store.ts'

/** A part of another store, below a prefix, that looks like a store of its own. Starting and stopping is the other's. */
export class PrefixedStore implements RecordStore {
  readonly #store: RecordStore
  readonly #prefix: Uint8Array

  constructor(store: RecordStore, prefix: Uint8Array) {
    this.#store = store
    this.#prefix = prefix
  }

  async start(): Promise<void> {
    // The other one runs already.
  }

  async stop(): Promise<void> {
    // It goes on for its other parts.
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#store.get(this.#whole(key))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return await this.#store.getMany(keys.map((key) => this.#whole(key)))
  }

  async write(operations: readonly Operation[], options: WriteOptions): Promise<void> {
    await this.#store.write(
      operations.map((operation) => ({ ...operation, key: this.#whole(operation.key) })),
      options,
    )
  }

  async *entries(range: KeyRange): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    const length = this.#prefix.length
    for await (const [key, value] of this.#store.entries(this.#wholeRange(range))) yield [key.subarray(length), value]
  }

  async compact(range: KeyRange): Promise<void> {
    await this.#store.compact(this.#wholeRange(range))
  }

  async size(): Promise<number> {
    return await this.#store.size()
  }

  #whole(key: Uint8Array): Uint8Array {
    return concatBytes(this.#prefix, key)
  }

  #wholeRange(range: KeyRange): KeyRange {
    return { ...range, gte: this.#whole(range.gte), lt: this.#whole(range.lt) }
  }
}
