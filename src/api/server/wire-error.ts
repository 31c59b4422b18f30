import { MurmurationError, codeOf, messageOf } from '../../base/errors.ts'
import { MAX_ERROR_LENGTH } from './constants.ts'

export interface WireError {
  readonly code: string
  readonly message: string
}

/** What a failure becomes outside of the process: code and message alone, no stack, no cause. */
export function toWireError(error: unknown): WireError {
  const message = messageOf(error).slice(0, MAX_ERROR_LENGTH)
  if (error instanceof MurmurationError) return { code: error.code, message }
  const code = codeOf(error)
  return {
    code: code === 'UNKNOWN' ? 'INTERNAL' : code,
    message: `Something went wrong inside the peer: ${message}. Its log says more.`,
  }
}
