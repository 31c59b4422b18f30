/** Every bound of the journal, each with its reason. */

/** Header, signature and inline body of one entry. */
export const MAX_ENTRY_BYTES = 256 * 1024
/** Above this the whole body moves into blobs, so that entries stay cheap to batch. */
export const MAX_INLINE_BODY_BYTES = 128 * 1024
export const MAX_HEADER_BYTES = 64 * 1024
/** One blob fits into one frame. */
export const MAX_BLOB_BYTES = 1024 * 1024
/** With MAX_BLOB_BYTES this is MAX_BODY_BYTES. */
export const MAX_BLOBS = 16
/** What one entry may name as newly seen; an author who has applied more writes entries of kind `journal.seen` first. */
export const MAX_SEEN = 256
export const MAX_KIND_LENGTH = 64
/** Ranges that one checkpoint may list, over all its incarnations. */
export const MAX_SUPERSEDED_RANGES = 2048
/** Journals of one device and space, forked branches and old incarnations included. */
export const MAX_LINES_PER_DEVICE = 32
/** Devices whose journals are kept at all: bounds what a broken membership could grow. */
export const MAX_DEVICES = 10_000
/** Entries of a `members` journal that are kept of a device which nobody admitted (yet). */
export const MAX_UNADMITTED_ENTRIES = 64
/** Such devices: those of whose admission others have not been heard yet, and no more that somebody makes up. */
export const MAX_UNADMITTED_DEVICES = 64
/** Journals that a device is believed to hold; honest ones have no more than fit into MAX_DEVICES. */
export const MAX_CLAIMED_JOURNALS = 20_000
/** Heads that a neighbour may tell of unasked: as many at once as there may be journals, and then so many a second. */
export const MAX_HEADS_TOLD = 20_000
export const HEADS_TOLD_PER_SECOND = 2_000

/** Gossip carries the body up to this size; larger ones are pulled. */
export const MAX_GOSSIPED_BODY_BYTES = 32 * 1024
/** Entries in one gossip message, so that a burst costs one signature check. */
export const MAX_GOSSIPED_ENTRIES = 64
export const MAX_GOSSIPED_BYTES = 48 * 1024

/** A batch ends at the last signed entry below this size. */
export const BATCH_BYTES = 512 * 1024
export const MAX_BATCH_ENTRIES = 2048

/** Up to this many frontier items are sent at once; above it buckets are compared first. */
export const MAX_DIRECT_ITEMS = 64
export const BUCKETS = 64

/** Anti-entropy asks every neighbour again after this, even where nothing seems to be missing. */
export const COMPARE_PERIOD_MS = 30_000
/** A changed frontier is told to each neighbour at most this often, and to all of them together at most once in a share. */
export const ADVANCE_PERIOD_MS = 100
export const ADVANCE_SHARE_MS = 50
/** Signed reports of one's frontier are made at most this often. */
export const REPORT_PERIOD_MS = 30_000
/** An answer that takes longer ends the stream; it is opened again. */
export const ANSWER_TIMEOUT_MS = 30_000

/** Entries applied in one transaction. */
export const APPLY_BATCH_ENTRIES = 1000
export const APPLY_BATCH_BYTES = 4 * 1024 * 1024
/** Up to so many entries that are judged otherwise by now are handed to projections; of more everything is applied anew. */
export const MAX_REJUDGED_ENTRIES = 2000
export const MAX_REJUDGED_BYTES = 8 * 1024 * 1024
/** Entries kept in memory between arrival and application; beyond it they are read from the store again. */
export const MAX_FRESH_BYTES = 32 * 1024 * 1024
/** Latest positions of each journal whose hash and Lamport number are kept in memory. */
export const RECENT_POSITIONS = 1024
