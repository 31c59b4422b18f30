/**
 * Files: what is in them (chunks, cut where their content says so), where they lie (the tree, a projection of journals), who
 * keeps them (placement), and the chunks on this machine's disk. SPEC.md has the rules.
 */
export { AddressSet } from './chunks/address-set.ts'
export { SHARDS } from './chunks/chunk-files.ts'
export type { ChunkStoreEvents, ChunkStoreOptions, Scrubbed } from './chunks/chunk-store.ts'
export { ChunkStore } from './chunks/chunk-store.ts'
export type { Content } from './content/content.ts'
export type { ChunkAddress, Part } from './content/parts.ts'
export { addressOf } from './content/parts.ts'
export type { KeepChunk } from './content/split.ts'
export { splitContent } from './content/split.ts'
export type { ByteRange, LoadPage, PlacedChunk } from './content/walk.ts'
export { addressesOf, chunksBetween } from './content/walk.ts'
export type { DriveOptions } from './drive.ts'
export { Drive } from './drive.ts'
export {
  ChunkDamagedError,
  ChunkMissingError,
  ContentDamagedError,
  DiskFullError,
  FileExistsError,
  FileNameError,
  FileNotFoundError,
  FileTooLargeError,
  FolderIntoItselfError,
  FolderTooDeepError,
  OfferUsedUpError,
  WrongChunkError,
} from './errors.ts'
export type { Copies, Task } from './placement/plan.ts'
export { copiesWithout, taskAmong, taskOf, wantedHolders } from './placement/plan.ts'
export type { StoringMachine } from './placement/rank.ts'
export { GRACE_MS, Ranking, storing } from './placement/rank.ts'
export type { NodeId, VersionId } from './tree/node-ids.ts'
export { BIN, GONE, parseNodeId, ROOT } from './tree/node-ids.ts'
export type { DeviceVersion, NodeState } from './tree/node-state.ts'
export type { StoredVersion } from './tree/records.ts'
export type { NameOf, Shown, ShownFile, ShownFolder } from './tree/shown-names.ts'
export type { TreeEvents } from './tree/tree-projection.ts'
export { TreeProjection } from './tree/tree-projection.ts'
export type { Deleted, FoundByName, Page, PageOptions } from './tree/tree-reader.ts'
export { TreeReader } from './tree/tree-reader.ts'
