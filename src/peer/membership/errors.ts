import { MurmurationError } from '../../base/errors.ts'

/** The person's role does not reach so far. */
export class NotAllowedError extends MurmurationError {
  constructor(message: string) {
    super('NOT_ALLOWED', message)
  }
}

/** Nobody and nothing of that name is here, or more than one. */
export class NotFoundError extends MurmurationError {
  constructor(message: string) {
    super('NOT_FOUND', message)
  }
}
