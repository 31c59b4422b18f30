/** Every bound of messaging, each with its reason. */

/** UTF-8 bytes. A message is read at one go; what is longer belongs into a document. */
export const MAX_TEXT_BYTES = 32 * 1024
/** UTF-8 bytes: fits a list at any width. */
export const MAX_CHANNEL_NAME_BYTES = 200
/** UTF-8 bytes: the longest joined emoji in use take 35 to 41. */
export const MAX_EMOJI_BYTES = 64
/** Different emoji that one device may have on one message; beyond it the latest count. */
export const MAX_REACTIONS_PER_DEVICE = 20
export const MAX_MENTIONS = 64
/** The largest body is a text with all its mentions. Checked before decoding. */
export const MAX_BODY_BYTES = MAX_TEXT_BYTES + MAX_MENTIONS * 64 + 1024
/** Messages in one page. */
export const MAX_PAGE = 500
/** Channels that one device makes before it is told to tidy up; what others make is listed up to the same number. */
export const MAX_CHANNELS = 5000
/** Unread messages are counted up to here: "99+". */
export const MAX_UNREAD = 100
/** Records that counting unread messages may look at, reactions and edits included. */
export const MAX_UNREAD_SCAN = 2000
/** A clock that is further off than this is pointed out. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000
/** Times on the wire: milliseconds since 1970 in six bytes. */
export const MAX_TIME = 2 ** 48 - 1
/** Counters of the hybrid clock: six bytes. */
export const MAX_COUNT = 2 ** 48 - 1
/** How far a counter may be ahead of the entry's Lamport number, as a factor: bursts draw several before one is written. */
export const COUNTS_PER_LAMPORT = 1024
