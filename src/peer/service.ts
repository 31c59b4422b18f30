import type { ApiEvents, BroadcastEvents, CallName, EventName, Parameters, Result } from '../api/contract/index.ts'
import type { Emitter } from '../base/emitter.ts'

/**
 * What a peer offers to whoever is connected to it: the API server (src/api/server) puts it behind a channel,
 * the command line calls it in its own process. Parameters have been validated by `CALLS` before they get here.
 */
export interface PeerService {
  /**
   * Failures are MurmurationErrors where they have a name; only code and message leave the process.
   * `signal` fires when the caller gave up or its connection ended: what it asked for need not be finished.
   */
  call<Name extends CallName>(
    name: Name,
    parameters: Parameters<Name>,
    connection: ApiConnection,
    signal: AbortSignal,
  ): Promise<Result<Name>>
  /** What every connection is told. What belongs to one connection alone goes through `ApiConnection.emit`. */
  readonly events: Emitter<BroadcastEvents>
}

/** One user interface or program, as long as it stays connected. Document sessions belong to it and end with it. */
export interface ApiConnection {
  /** Unique in this process. */
  readonly id: string
  /** Tells this connection alone; does nothing once it is closed. */
  emit<Name extends EventName>(name: Name, event: ApiEvents[Name]): void
  readonly closed: AbortSignal
}

/** A running peer, as its process owns it. */
export interface Peer extends PeerService {
  /** Fires when somebody called `peer.stop`: the owner of the process then calls `stop` and ends. */
  readonly stopRequested: AbortSignal
  /** Ends everything in order and lets go of the data folder. Idempotent. */
  stop(): Promise<void>
}
