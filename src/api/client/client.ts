import type { Disposable } from '../../base/lifecycle.ts'
import type { ApiEvents, CallName, EventName, Parameters, Result } from '../contract/index.ts'

export interface CallOptions {
  /** Gives up waiting and tells the peer, which need not finish what was asked. Calls have no time limit of their own. */
  readonly signal?: AbortSignal
}

/**
 * A peer as a user interface or a program sees it, over whatever channel.
 * Calls reject with ApiError, which has the peer's `code` and message, or with AbortedError by their own signal.
 */
export interface ApiClient extends Disposable {
  call<Name extends CallName>(name: Name, parameters: Parameters<Name>, options?: CallOptions): Promise<Result<Name>>
  on<Name extends EventName>(name: Name, listener: (event: ApiEvents[Name]) => void): Disposable
  /** Fires when the channel to the peer ended; every call rejects with PEER_GONE from then on. */
  readonly closed: AbortSignal
}
