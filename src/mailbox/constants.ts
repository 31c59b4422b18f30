const KIB = 1024
const MIB = 1024 * KIB

/** The largest content: an entry of the journal (256 KiB) with room for what goes around it. */
export const MAX_CONTENT_BYTES = 264 * KIB
/** What fills an envelope up, so that its length says no more than one of these. */
export const SIZE_CLASSES = [KIB, 4 * KIB, 16 * KIB, 64 * KIB, MAX_CONTENT_BYTES] as const
export const MAX_NAME_BYTES = 256
export const MAX_EXCLUDED = 1024
/** Machines that a parcel is left with. */
export const COPIES = 3
/** An envelope that nobody withdrew goes after 30 days. */
export const LIFETIME_MS = 30 * 24 * 3_600_000

/** What a machine holds for others at most, and what it keeps of its own. */
export interface MailboxLimits {
  readonly envelopesOfOne: number
  readonly bytesOfOne: number
  readonly envelopes: number
  readonly bytes: number
  /** One's own parcels that wait for their recipients. */
  readonly parcels: number
  readonly parcelBytes: number
  /** Tags of envelopes that were fetched; forgotten ones are fetched and delivered again. */
  readonly knownTags: number
}

export const DEFAULT_LIMITS: MailboxLimits = {
  envelopesOfOne: 1024,
  bytesOfOne: 32 * MIB,
  envelopes: 16_384,
  bytes: 512 * MIB,
  parcels: 4096,
  parcelBytes: 128 * MIB,
  knownTags: 32_768,
}

export const TAG_BYTES = 16
/** Tags in one question or answer. */
export const MAX_TAGS = 1024
/** Listed envelopes in one answer. */
export const MAX_PAGE = 2048
/** Envelopes asked for at once, and bytes of them in one answer: it must fit into a frame of the network. */
export const MAX_FETCHED = 64
export const FETCH_BYTES = MIB
/** Pages asked for in one look, and envelopes of one machine that wait to be fetched: more than any honest one holds. */
export const MAX_PAGES = 32
export const MAX_FRESH = 32_768

/** Up to this everything that is new is fetched, so that nothing tells which of it is for this device. */
export const FETCH_ALL_BYTES = 8 * MIB
/** What came for this device and could not be delivered yet, in all and of one sender. */
export const MAX_UNDELIVERED_BYTES = 64 * MIB
export const MAX_UNDELIVERED_BYTES_OF_ONE = 8 * MIB
/** Senders whose tags are recognised; envelopes of others are tried one by one. */
export const MAX_SENDERS = 1024
/** A fetched tag is remembered for as long as copies of its envelope may turn up. */
export const KNOWN_MS = 2 * LIFETIME_MS

/** Each connected machine is looked through on connecting, then about this often, and when it says there is something. */
export const LOOK_PERIOD_MS = 5 * 60_000
/** New envelopes are told this long after the first of them came, to all at once. */
export const ADVANCE_MS = 3000
/** Expiry, who is gone, who is up, what could not be delivered: all are looked after this often. */
export const TICK_MS = 60_000
/** A machine that was full is asked again after this. */
export const REFUSED_MS = 30 * 60_000
/** A visit that ended while the machine stayed is begun again after this, then twice as long each time up to LOOK_PERIOD_MS. */
export const RETRY_MS = 5000
/** An answer that takes longer ends the stream. */
export const ANSWER_TIMEOUT_MS = 30_000
/** Machines whose hours are remembered. */
export const MAX_WEEKS = 1024
/** Remembered refusals; who is asked too early refuses again. */
export const MAX_REFUSALS = 16_384
/** Tags that are recognised before others have their turn. */
export const RECOGNISED_AT_ONCE = 64
