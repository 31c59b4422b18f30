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
