import type { Startable } from '../base/lifecycle.ts'

export type Operation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: Uint8Array }

/** Keys from `gte` (included) to `lt` (excluded), in bytewise order. */
export interface KeyRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
}

export interface WriteOptions {
  /**
   * true: resolved means "survives a power cut", together with every write asked for earlier
   * (fsync; concurrent durable writes share one).
   * false: resolved means "survives the end of this process".
   */
  readonly durable: boolean
}

/** Ordered key-value records. Keys and values are byte strings; keys of 1 to MAX_KEY_BYTES bytes. */
export interface RecordStore extends Startable {
  /** The value is the caller's own. Sees every write that has resolved. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  /** The values in the order of the keys. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>
  /**
   * Applies all operations or none, after every write asked for earlier. The byte arrays must stay as they are until
   * it resolves.
   *
   * When a write fails, those that were asked for before the failure was known fail with it: so nothing is ever
   * applied on top of a write that is missing.
   * @throws StoreFullError, StoreWriteError; nothing of the batch is applied then, unless it was durable and only
   * making it safe failed
   * @throws StoreClosedError
   */
  write(operations: readonly Operation[], options: WriteOptions): Promise<void>
  /**
   * A consistent view as of the call, which must be iterated; the caller may stop early. Only where the disk failed a
   * write meanwhile, what was not read yet may show what was written since.
   */
  entries(range: KeyRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>
  /** Gives the space of deleted records in the range back to the disk. */
  compact(range: KeyRange): Promise<void>
  /** Bytes on disk in all, roughly. */
  size(): Promise<number>
}

/** Long enough for two ids and two numbers with room to spare; longer keys would be copied into every index block. */
export const MAX_KEY_BYTES = 512
