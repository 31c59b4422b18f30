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
   * true: resolved means "survives a power cut" (fsync; concurrent durable writes share one).
   * false: resolved means "survives the end of this process".
   */
  readonly durable: boolean
}

/** Ordered key-value records. Keys and values are byte strings; keys at most 512 bytes. */
export interface RecordStore extends Startable {
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>
  /**
   * Applies all operations or none, after every write asked for earlier.
   * @throws StoreFullError, StoreWriteError; nothing of the batch is applied then
   */
  write(operations: readonly Operation[], options: WriteOptions): Promise<void>
  /** A consistent view as of the call; the caller may stop early. */
  entries(range: KeyRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>
  /** Gives the space of deleted records in the range back to the disk. */
  compact(range: KeyRange): Promise<void>
  /** Bytes on disk in all, roughly. */
  size(): Promise<number>
}
