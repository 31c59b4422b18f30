import type { Channel } from './channel.ts'
import { Closing } from './closing.ts'
import type { ClientFrame, ServerFrame } from './frames.ts'
import { FrameTooLargeError, MAX_FRAME_BYTES } from './frames.ts'
import { portable } from './portable.ts'

/**
 * Two ends in one process, for a client beside its peer and for tests. Frames arrive in a later microtask, in order,
 * and are the very objects that were sent.
 */
export function channelPair(): readonly [Channel, Channel] {
  const closing = new Closing()
  const left = new End(closing)
  const right = new End(closing)
  left.other = right
  right.other = left
  return [left, right]
}

interface Arrived {
  readonly frame: ClientFrame | ServerFrame
  readonly bytes: number
}

class End implements Channel {
  other: End | null = null
  readonly closed: AbortSignal
  readonly #closing: Closing
  /** What came before `receive`; bounded by what the two protocols let be under way. */
  #early: Arrived[] = []
  #listener: ((frame: unknown, bytes: number) => void) | null = null
  #disposed = false

  constructor(closing: Closing) {
    this.#closing = closing
    this.closed = closing.signal
  }

  send(frame: ClientFrame | ServerFrame): number {
    if (this.#disposed || this.#closing.done) return 0
    const { bytes } = portable(frame)
    if (bytes > MAX_FRAME_BYTES) throw new FrameTooLargeError(bytes)
    queueMicrotask(() => this.other?.arrive({ frame, bytes }))
    return bytes
  }

  arrive(arrived: Arrived): void {
    if (this.#listener === null) this.#early.push(arrived)
    else this.#listener(arrived.frame, arrived.bytes)
  }

  receive(listener: (frame: unknown, bytes: number) => void): void {
    this.#listener = listener
    const early = this.#early
    this.#early = []
    for (const { frame, bytes } of early) listener(frame, bytes)
  }

  /** What was sent before still arrives before the other end sees the end. */
  dispose(): void {
    this.#disposed = true
    queueMicrotask(() => this.#closing.close())
  }
}
