import { setMaxListeners } from 'node:events'

import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

import { InvalidInputError, messageOf } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { StreamClosedError } from '../errors.ts'
import { encodeFrame, FrameDecoder } from '../frames.ts'
import type { MessageStream } from '../network.ts'
import { MAX_FRAME_BYTES } from '../network.ts'
import { MAX_READ_BUFFER_BYTES, MAX_UNREAD_BYTES, MAX_UNSENT_BYTES, MAX_WRITE_BUFFER_BYTES } from './constants.ts'

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined }
const NOTHING_LEFT = Promise.resolve()
/** What a frame takes beside its bytes: without it, frames without any could pile up without end. */
const FRAME_COST_BYTES = 128

interface Reader {
  resolve(result: IteratorResult<Uint8Array>): void
  reject(error: Error): void
}

type Input = { readonly state: 'open' | 'finished' } | { readonly state: 'broken'; readonly error: Error }

/** Frames over one libp2p stream, with backpressure in both directions. */
export class Libp2pMessageStream implements MessageStream {
  readonly peer: DeviceId
  readonly protocol: string
  readonly signal: AbortSignal
  readonly #stream: Stream
  readonly #heard: () => void
  readonly #ended = new AbortController()
  readonly #decoder: FrameDecoder
  #input: Input = { state: 'open' }
  #remoteClosed: boolean
  #closing: Promise<void> | undefined
  readonly #unread: Uint8Array[] = []
  #next = 0
  #unreadBytes = 0
  readonly #readers: Reader[] = []
  #room: { readonly promise: Promise<void>; readonly settle: () => void } | undefined

  /** @param heard called whenever anything arrives: a sign of life of the connection */
  constructor(stream: Stream, peer: DeviceId, protocol: string, heard: () => void, maxFrameBytes = MAX_FRAME_BYTES) {
    this.#stream = stream
    this.peer = peer
    this.protocol = protocol
    this.#heard = heard
    this.#decoder = new FrameDecoder(maxFrameBytes)
    this.signal = this.#ended.signal
    setMaxListeners(0, this.signal)
    stream.maxReadBufferLength = MAX_READ_BUFFER_BYTES
    stream.maxWriteBufferLength = MAX_WRITE_BUFFER_BYTES
    this.#remoteClosed = stream.remoteWriteStatus === 'closed'
    stream.addEventListener('remoteCloseWrite', () => {
      this.#remoteClosed = true
    })
    stream.addEventListener('end', () => this.#finishInput())
    stream.addEventListener('close', (event) => this.#onClose(event))
    // The library sends what is queued in a microtask after `drain`; whether there is room shows after that.
    stream.addEventListener('drain', () => queueMicrotask(() => this.#checkRoom()))
    stream.addEventListener('idle', () => queueMicrotask(() => this.#checkRoom()))
    stream.addEventListener('message', (event) => this.#onMessage(event))
    if (stream.readableEnded) this.#finishInput()
    if (stream.status !== 'open') this.#end()
  }

  /** Bytes that were sent and have not left this process. */
  get unsentBytes(): number {
    return this.#stream.writeBufferLength
  }

  send(frame: Uint8Array): Promise<void> {
    if (frame.length > MAX_FRAME_BYTES) {
      const error = new InvalidInputError(`a frame of ${frame.length} bytes is above the limit of ${MAX_FRAME_BYTES}`)
      this.abort(error)
      return Promise.reject(error)
    }
    if (this.#closing !== undefined || this.#ended.signal.aborted) return Promise.reject(this.#closedError())
    try {
      this.#stream.send(new Uint8ArrayList(...encodeFrame(frame)))
    } catch (error) {
      return Promise.reject(this.#closedError(error))
    }
    return this.#stream.writeBufferLength <= MAX_UNSENT_BYTES ? NOTHING_LEFT : this.#waitForRoom()
  }

  async close(): Promise<void> {
    this.#closing ??= this.#stream.close()
    try {
      await this.#closing
    } catch {
      // It ended otherwise meanwhile, which `signal` says.
    }
  }

  abort(reason: Error): void {
    if (this.#ended.signal.aborted) return
    this.#breakInput(new StreamClosedError(`the stream was ended here: ${reason.message}`, { cause: reason }))
    this.#stream.abort(reason)
    this.#end()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#read(), return: () => Promise.resolve(DONE) }
  }

  #read(): Promise<IteratorResult<Uint8Array>> {
    const frame = this.#unread[this.#next]
    if (frame !== undefined) {
      this.#next++
      this.#unreadBytes -= frame.length + FRAME_COST_BYTES
      if (this.#next === this.#unread.length) {
        this.#unread.length = 0
        this.#next = 0
      }
      if (this.#unreadBytes <= MAX_UNREAD_BYTES / 2) this.#resume()
      return Promise.resolve({ done: false, value: frame })
    }
    if (this.#input.state === 'broken') return Promise.reject(this.#input.error)
    if (this.#input.state === 'finished') return Promise.resolve(DONE)
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  #onMessage(event: StreamMessageEvent): void {
    this.#heard()
    if (this.#input.state !== 'open') return
    try {
      if (event.data instanceof Uint8Array) this.#decoder.push(event.data, this.#onFrame)
      else for (const chunk of event.data) this.#decoder.push(chunk, this.#onFrame)
    } catch (error) {
      this.abort(error instanceof Error ? error : new Error(messageOf(error)))
    }
  }

  readonly #onFrame = (frame: Uint8Array): void => {
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve({ done: false, value: frame })
      return
    }
    this.#unread.push(frame)
    this.#unreadBytes += frame.length + FRAME_COST_BYTES
    if (this.#unreadBytes > MAX_UNREAD_BYTES && this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  #resume(): void {
    if (this.#stream.readStatus !== 'paused') return
    try {
      this.#stream.resume()
    } catch {
      // What was held has been handed out; only the word to the other side, which is gone, failed.
    }
  }

  #finishInput(): void {
    if (!this.#remoteClosed || this.#decoder.partial) {
      this.#breakInput(new StreamClosedError(`the stream ${this.protocol} broke off`))
      return
    }
    if (this.#input.state !== 'open') return
    this.#input = { state: 'finished' }
    for (const reader of this.#readers.splice(0)) reader.resolve(DONE)
  }

  #breakInput(error: Error): void {
    if (this.#input.state !== 'open') return
    this.#input = { state: 'broken', error }
    for (const reader of this.#readers.splice(0)) reader.reject(error)
  }

  #onClose(event: StreamCloseEvent): void {
    // A clean end may leave bytes behind that a slow reader has still to come for: `end` follows those.
    const unreadRemains = this.#remoteClosed && event.error === undefined && this.#stream.readBufferLength > 0
    if (!unreadRemains) {
      if (event.error === undefined) this.#finishInput()
      else this.#breakInput(new StreamClosedError(`the other side ended ${this.protocol}`, { cause: event.error }))
    }
    this.#end()
  }

  #end(): void {
    this.#ended.abort()
    this.#room?.settle()
  }

  #closedError(cause?: unknown): StreamClosedError {
    return new StreamClosedError(`the stream ${this.protocol} is closed`, cause === undefined ? {} : { cause })
  }

  async #waitForRoom(): Promise<void> {
    if (this.#room === undefined) {
      let settle = (): void => undefined
      const promise = new Promise<void>((resolve) => {
        settle = resolve
      })
      this.#room = { promise, settle }
    }
    await this.#room.promise
    if (this.#ended.signal.aborted && this.#closing === undefined) throw this.#closedError()
  }

  #checkRoom(): void {
    if (this.#room === undefined || this.#stream.writeBufferLength > MAX_UNSENT_BYTES) return
    const { settle } = this.#room
    this.#room = undefined
    settle()
  }
}
