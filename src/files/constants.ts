/** Every bound of files, each with its reason. */

/** Below this a file is one chunk: it costs a look-up and a disk file for each. */
export const MIN_CHUNK_BYTES = 256 * 1024
/** What chunks come near to: the best block size in transfers (measured), and little to send again after a change. */
export const AVERAGE_CHUNK_BYTES = 1024 * 1024
/** What memory every holder needs for one chunk. */
export const MAX_CHUNK_BYTES = 4 * 1024 * 1024
/** SHA-256. */
export const ADDRESS_BYTES = 32

/** Chunks or pages that a file's entry names itself: 20 KiB, so that gossip carries it with the header. */
export const MAX_INLINE_PARTS = 512
/** Chunks or pages that one page names: 160 KiB. */
export const MAX_PAGE_PARTS = 4096
/** Pages of pages of chunks: above any disk, and a reader never follows more. */
export const MAX_PAGE_LEVEL = 2

/** UTF-8 bytes: what every usual file system takes. */
export const MAX_NAME_BYTES = 255
/** Versions that a new one may replace: as many as a person can look through at once. */
export const MAX_REPLACED = 64
/** The largest body is a version with all its parts. Checked before decoding. */
export const MAX_BODY_BYTES = 32 * 1024
/** Copies that may be asked for; more than that is every machine. */
export const MAX_COPIES = 1000
/** How far a clock's counter may be ahead of the entry's Lamport number, as a factor: bursts draw several before one is written. */
export const COUNTS_PER_LAMPORT = 1024
/** Folders in one another that people may make: deeper paths fit no file system. */
export const MAX_DEPTH = 128
/** Of a folded name in a key: keys are short, and names that are the same up to here are told apart by their records. */
export const NAME_KEY_BYTES = 240
/** Files made by one call: what one transaction of the journal applies. */
export const MAX_MADE_AT_ONCE = 1000
/** Names in one page of a listing. */
export const MAX_PAGE_NAMES = 20_000
/** Names that a search gives. */
export const MAX_FOUND = 500

/** Chunks that wait to be made safe: one sync for each would cost half of the speed (measured). */
export const MAX_UNSYNCED_BYTES = 64 * 1024 * 1024
/** Chunks up to this size lie among the records: a file for each would take longer to make than its bytes to send. */
export const MAX_RECORD_CHUNK_BYTES = 16 * 1024
/** Of those, what waits in memory to be made safe. */
export const MAX_UNSYNCED_RECORD_BYTES = 4 * 1024 * 1024
/** How long a chunk stays that nothing refers to. */
export const KEPT_UNREFERENCED_MS = 30 * 24 * 60 * 60_000
