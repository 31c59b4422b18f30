/**
 * Ordered records on this machine's disk. `LevelStore` is the real one; `MemoryStore` keeps the same contract in
 * memory, with crashes and power cuts, for tests and simulations.
 */
export {
  StoreClosedError,
  StoreCorruptError,
  StoreError,
  StoreFullError,
  StoreLockedError,
  StoreUnwritableError,
  StoreWriteError,
} from './errors.ts'
export { prefixRange, readUint64Key, uint32Key, uint64Key } from './keys.ts'
export type { StoreRepair } from './level-open.ts'
export type { LevelStoreOptions } from './level-store.ts'
export { LevelStore } from './level-store.ts'
export type { MemoryDiskOptions } from './memory-disk.ts'
export { MemoryDisk } from './memory-disk.ts'
export { MemoryStore } from './memory-store.ts'
export { PrefixedStore } from './prefixed-store.ts'
export type { KeyRange, Operation, RecordStore, WriteOptions } from './record-store.ts'
export { MAX_KEY_BYTES } from './record-store.ts'
export { Transaction } from './transaction.ts'
