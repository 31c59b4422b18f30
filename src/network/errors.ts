import { MurmurationError } from '../base/errors.ts'

export class DialError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('DIAL_FAILED', message, options)
  }
}

export class NotConnectedError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_CONNECTED', message, options)
  }
}

export class StreamClosedError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('STREAM_CLOSED', message, options)
  }
}

/** The other side could not show that it belongs to the swarm. */
export class NotAdmittedError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_ADMITTED', message, options)
  }
}

export class ListenError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('LISTEN_FAILED', message, options)
  }
}
