import { AbortedError, MurmurationError } from '../../base/errors.ts'

/** A call failed in the peer, or could not reach it (`PEER_GONE`). Compare by `code`; `message` is for people. */
export class ApiError extends MurmurationError {}

/** The connection to the peer has ended. `message` says why, where the peer did. */
export class PeerGoneError extends ApiError {
  constructor(why = 'The connection to the peer has ended.') {
    super('PEER_GONE', why)
  }
}

/** The caller's own signal ended the call. */
export class CallAbortedError extends AbortedError {
  constructor() {
    super('the call was cancelled')
  }
}
