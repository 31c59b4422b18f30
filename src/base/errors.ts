/**
 * The root of every failure that Murmuration names itself.
 *
 * `code` is stable and crosses processes and wires (where only code and message travel);
 * the message says what happened, to what, and what to do next.
 */
export class MurmurationError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** Bytes or values from outside that do not have the shape they must have. */
export class InvalidInputError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_INPUT', message, options)
  }
}

/** Work was given up because its signal said so, or because its owner was closed. */
export class AbortedError extends MurmurationError {
  constructor(message = 'the operation was cancelled', options?: ErrorOptions) {
    super('ABORTED', message, options)
  }
}

/** Something did not answer in its time. */
export class TimeoutError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('TIMEOUT', message, options)
  }
}

/** The stable code of any failure; `UNKNOWN` where it has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN'
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
