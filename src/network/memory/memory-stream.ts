import { InvalidInputError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { StreamClosedError } from '../errors.ts'
import type { MessageStream } from '../network.ts'
import { MAX_FRAME_BYTES } from '../network.ts'
import { FRAME_OVERHEAD_BYTES, MAX_UNSENT_BYTES, STREAM_WINDOW_BYTES } from './constants.ts'
import { FrameQueue } from './frame-queue.ts'

/** What one end of a stream says to the other, through the connection, in order. */
export interface StreamChannel {
  frame(frame: Uint8Array): void
  /** That many bytes were taken by the reader. */
  credit(bytes: number): void
  finish(): void
  abort(message: string): void
  /** The stream is over on this side. */
  ended(): void
}

/** One end of a stream: a window of bytes under way, as yamux has it. */
export class MemoryStream implements MessageStream {
  readonly peer: DeviceId
  readonly protocol: string
  readonly #channel: StreamChannel
  readonly #incoming: FrameQueue
  #unsent: Uint8Array[] = []
  #unsentBytes = 0
  #credit = STREAM_WINDOW_BYTES
  /** Taken by the reader and not yet said to the sender. */
  #taken = 0
  #sending: 'open' | 'closing' | 'finished' = 'open'
  #received: 'open' | 'finished' = 'open'
  #over: { readonly reason: Error | undefined } | undefined
  #frozen = false
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  #abortController: AbortController | undefined

  constructor(peer: DeviceId, protocol: string, channel: StreamChannel) {
    this.peer = peer
    this.protocol = protocol
    this.#channel = channel
    this.#incoming = new FrameQueue((frame) => this.#take(frame))
  }

  get signal(): AbortSignal {
    // Made on demand: most streams of a simulation are never asked.
    this.#abortController ??= new AbortController()
    if (this.#over !== undefined && !this.#frozen) this.#abortController.abort(this.#closedError())
    return this.#abortController.signal
  }

  async send(frame: Uint8Array): Promise<void> {
    if (this.#frozen) await never()
    if (frame.length > MAX_FRAME_BYTES) {
      const error = new InvalidInputError(`a frame of ${frame.length} bytes is above the limit of ${MAX_FRAME_BYTES}`)
      this.abort(error)
      throw error
    }
    if (this.#over !== undefined || this.#sending !== 'open') throw this.#closedError()
    this.#unsent.push(frame)
    this.#unsentBytes += costOf(frame)
    this.#flush()
    if (this.#unsentBytes > MAX_UNSENT_BYTES) {
      this.abort(new StreamClosedError(`more than ${MAX_UNSENT_BYTES} bytes were sent without awaiting room for them`))
      throw this.#closedError()
    }
    if (this.#credit <= 0) await this.#room()
  }

  async close(): Promise<void> {
    if (this.#frozen) await never()
    if (this.#over !== undefined || this.#sending !== 'open') return
    this.#sending = 'closing'
    this.#flush()
    // A stream that is lost meanwhile is closed as well.
    while (this.#sending === 'closing' && this.#over === undefined) await this.#room().catch(() => undefined)
  }

  abort(reason: Error): void {
    if (this.#over !== undefined) return
    this.#channel.abort(reason.message)
    this.#end(reason)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return { next: () => (this.#frozen ? never() : this.#incoming.next()) }
  }

  receiveFrame(frame: Uint8Array): void {
    if (this.#received === 'open') this.#incoming.push(frame)
  }

  receiveCredit(bytes: number): void {
    this.#credit += bytes
    this.#flush()
  }

  receiveFinish(): void {
    this.#received = 'finished'
    this.#incoming.finish()
    this.#endWhenFinished()
  }

  receiveAbort(message: string): void {
    this.#end(new StreamClosedError(`the other side ended the stream: ${message}`))
  }

  /** The connection is gone. */
  lose(reason: Error): void {
    this.#end(reason)
  }

  /** This process was killed: nothing that waits on the stream ever goes on. */
  freeze(): void {
    this.#frozen = true
    this.#over ??= { reason: undefined }
    this.#waiting = []
  }

  #take(frame: Uint8Array): void {
    this.#taken += costOf(frame)
    if (this.#taken < STREAM_WINDOW_BYTES / 2 || this.#over !== undefined || this.#received === 'finished') return
    this.#channel.credit(this.#taken)
    this.#taken = 0
  }

  #flush(): void {
    let sent = 0
    while (this.#credit > 0 && sent < this.#unsent.length) {
      const frame = this.#unsent[sent++]
      if (frame === undefined) break
      this.#credit -= costOf(frame)
      this.#unsentBytes -= costOf(frame)
      this.#channel.frame(frame)
    }
    this.#unsent.splice(0, sent)
    if (this.#unsent.length > 0) return
    if (this.#sending === 'closing') {
      this.#sending = 'finished'
      this.#channel.finish()
      this.#wake()
      this.#endWhenFinished()
    } else if (this.#credit > 0) {
      this.#wake()
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  #wake(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  #endWhenFinished(): void {
    if (this.#sending === 'finished' && this.#received === 'finished') this.#end(undefined)
  }

  #end(reason: Error | undefined): void {
    if (this.#over !== undefined) return
    this.#over = { reason }
    this.#unsent = []
    if (reason !== undefined) {
      this.#incoming.fail(this.#closedError())
      for (const { reject } of this.#waiting.splice(0)) reject(this.#closedError())
    }
    this.#channel.ended()
    this.#abortController?.abort(this.#closedError())
  }

  #closedError(): StreamClosedError {
    const reason = this.#over?.reason
    if (reason instanceof StreamClosedError) return reason
    const why = reason === undefined ? 'it was closed' : reason.message
    return new StreamClosedError(`the stream ${this.protocol} is closed: ${why}`, { cause: reason })
  }
}

function costOf(frame: Uint8Array): number {
  return frame.length + FRAME_OVERHEAD_BYTES
}

/** What anything in a killed process waits for. */
export function never(): Promise<never> {
  return new Promise(() => undefined)
}
