import type { ApiClient, CallOptions } from '../../src/api/client/index.ts'
import type { CallName, Parameters, Result } from '../../src/api/contract/index.ts'

/** Gets each client that the page is connected by; what it returns is called when that client has ended. */
export type ClientListener = (client: ApiClient) => () => void

/** The peer as those parts of the page need it that follow one thing of it. */
export interface PeerCalls {
  /** @throws OfflineError at once where the way to the peer is lost */
  call<Name extends CallName>(name: Name, parameters: Parameters<Name>, options?: CallOptions): Promise<Result<Name>>
  /** Calls `listener` with the present client, if any, and with each later one. Returns its undo. */
  attach(listener: ClientListener): () => void
}
