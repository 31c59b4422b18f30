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
