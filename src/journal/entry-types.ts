import type { DeviceId, SpaceId } from '../base/ids.ts'

/** `members` says who belongs, is fetched first and never compacted; `data` is everything else. */
export type JournalKind = 'members' | 'data'

/** Which journal an entry stands in. A device has one of each kind per incarnation of its store. */
export interface JournalId {
  readonly device: DeviceId
  /** 16 hex digits, drawn when a store is made or found to be a copy. */
  readonly incarnation: string
  readonly kind: JournalKind
  /** Only in a forked journal: hex of the first differing header hash, which names the branch on every peer alike. */
  readonly branch?: string
}

/** A blob that an entry's body goes on in: at most MAX_BLOB_BYTES each, in order. */
export interface BlobReference {
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array
  readonly size: number
}

/** Own earlier data entries that a checkpoint says anew, as sequence ranges with both ends included. */
export interface Supersedes {
  readonly incarnation: string
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

/** An entry that counts, as projections see it: authenticated, authorised, and with its causal past applied before it. */
export interface Entry {
  readonly space: SpaceId
  readonly journal: JournalId
  readonly device: DeviceId
  /** From 1, without gaps but for stubs. */
  readonly sequence: number
  /** SHA-256 of the header, 32 bytes. */
  readonly hash: Uint8Array
  /** 1 + the maximum over everything its author had applied: with `device` the order of all entries. */
  readonly lamport: number
  /** The author's wall time in milliseconds: for display only. */
  readonly time: number
  /** `noun.verb`; says which projection reads the body. */
  readonly kind: string
  /** The body with its blobs joined: deterministic CBOR by convention of the kinds. */
  readonly body: Uint8Array
  /**
   * Hashes of the entries that it comes right after, as far as who belongs may hang on them: `previous`, and what it names
   * as seen of `members` journals.
   */
  readonly after: readonly Uint8Array[]
  /** Empty but for checkpoints. */
  readonly supersedes: readonly Supersedes[]
  /** Written by this device. */
  readonly own: boolean
}

/** Where an entry stands; enough to read it again. */
export interface EntryReference {
  readonly journal: JournalId
  readonly sequence: number
}
