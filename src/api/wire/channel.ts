import type { Disposable } from '../../base/lifecycle.ts'
import type { ClientFrame, ServerFrame } from './frames.ts'

/**
 * A two-way line between a peer and one user interface or program that keeps frames whole and in order:
 * a MessagePort, a WebSocket, a local socket. It carries plain data and Uint8Array; what comes out of it is
 * unknown until decoded, and the line ends by itself where bytes make no frame at all.
 */
export interface Channel extends Disposable {
  /**
   * Hands one frame over without waiting and returns its size in bytes; does nothing and returns 0 once closed.
   * @throws FrameTooLargeError above MAX_FRAME_BYTES; nothing was sent then
   */
  send(frame: ClientFrame | ServerFrame): number
  /** Frames flow from this call on. Called once; `bytes` is the frame's size. */
  receive(listener: (frame: unknown, bytes: number) => void): void
  /** Fires when no frame can pass any more, whoever ended it. Its reason may be a MurmurationError. */
  readonly closed: AbortSignal
}
