import { codeOf, messageOf, MurmurationError } from '../base/errors.ts'

/** Bytes from another peer break a rule of structure; the stream that brought them ends. */
export class StructureError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('ENTRY_STRUCTURE', message, options)
  }
}

/** An entry made by a newer version: kept out, not condemned. */
export class FutureVersionError extends MurmurationError {
  constructor(version: unknown) {
    super(
      'ENTRY_FUTURE_VERSION',
      `another machine writes version ${String(version)} of the journal, which this one cannot read: update Murmuration here`,
    )
  }
}

/** Entries need blobs that are not here yet. */
export class MissingBlobsError extends MurmurationError {
  readonly hashes: readonly Uint8Array[]

  constructor(hashes: readonly Uint8Array[]) {
    super('MISSING_BLOBS', `${hashes.length} blobs must be fetched first`)
    this.hashes = hashes
  }
}

/**
 * An own entry is written, and others may have it, but it could not be made safe from a power cut. The code is the
 * cause's.
 */
export class NotDurableError extends MurmurationError {
  constructor(cause: unknown) {
    super(
      codeOf(cause),
      `${messageOf(cause)}. What was written last stands all the same, so don't write it again; it is safe from a power cut once there is room`,
      { cause },
    )
  }
}

/** This device may read here and no more; nothing was written. */
export class NotAllowedToWriteError extends MurmurationError {
  /** @param reason in a person's words */
  constructor(reason: string) {
    super('NOT_ALLOWED_TO_WRITE', `nothing was changed: ${reason}`)
  }
}

/** What this machine says of who belongs would be heard by nobody any more. */
export class TooManyActsError extends MurmurationError {
  constructor(limit: number) {
    super(
      'TOO_MANY_ACTS',
      `this machine has said ${limit} things about who belongs, and more than that is not heard: do it on another machine, or link this one anew`,
    )
  }
}

export class BodyTooLargeError extends MurmurationError {
  constructor(size: number, limit: number) {
    super(
      'BODY_TOO_LARGE',
      `a change of ${Math.ceil(size / 1e6)} MB is more than one entry may hold (${Math.floor(limit / 1e6)} MB): make it in smaller parts`,
    )
  }
}

/** The data folder is that of another swarm or was made by a newer version. */
export class JournalFormatError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('JOURNAL_FORMAT', message, options)
  }
}
