import { MurmurationError } from '../../base/errors.ts'

/** Nobody listens for this data folder. */
export class NotRunningError extends MurmurationError {
  constructor(dataDirectory: string, options?: ErrorOptions) {
    super('NOT_RUNNING', `No Murmuration is running on ${dataDirectory}.`, options)
  }
}

/** Another peer has this data folder. */
export class AlreadyRunningError extends MurmurationError {
  constructor(dataDirectory: string) {
    super(
      'ALREADY_RUNNING',
      `A Murmuration is already running on ${dataDirectory}. Use that one, stop it, or choose another folder with --data-dir.`,
    )
  }
}

/** The local socket could not be made or used, for a reason of the system's. */
export class LocalSocketError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('LOCAL_SOCKET', message, options)
  }
}
