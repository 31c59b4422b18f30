import { Emitter } from '../../base/emitter.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { ApiEvents, CallName, EventName, Parameters, Result } from '../contract/index.ts'
import type { Channel } from '../wire/channel.ts'
import type { ServerFrame } from '../wire/frames.ts'
import {
  API_PROTOCOL,
  MalformedFrameError,
  TAKEN_EVERY_BYTES,
  TAKEN_EVERY_FRAMES,
  decodeServerFrame,
} from '../wire/frames.ts'
import type { ApiClient, CallOptions } from './client.ts'
import { ApiError, CallAbortedError, PeerGoneError } from './errors.ts'

/** As many as a peer lets wait; more at once is a mistake of the program. */
const MAX_PENDING_CALLS = 1024

/** A client on an open channel, which it then owns. Listeners' failures surface as uncaught errors. */
export function createApiClient(channel: Channel): ApiClient {
  return new ChannelClient(channel)
}

interface Pending {
  resolve(value: unknown): void
  reject(error: Error): void
}

class ChannelClient implements ApiClient {
  readonly #channel: Channel
  readonly #events = new Emitter<ApiEvents>()
  readonly #pending = new Map<number, Pending>()
  readonly #closed = new AbortController()
  readonly closed: AbortSignal = this.#closed.signal
  #nextId = 0
  #gone: PeerGoneError | null = null
  #takenFrames = 0
  #saidFrames = 0
  #unsaidBytes = 0

  constructor(channel: Channel) {
    this.#channel = channel
    channel.closed.addEventListener('abort', () => this.#end(new PeerGoneError()), { once: true })
    channel.receive((frame, bytes) => this.#receive(frame, bytes))
    channel.send({ type: 'hello', protocol: API_PROTOCOL })
  }

  call<Name extends CallName>(
    name: Name,
    parameters: Parameters<Name>,
    options: CallOptions = {},
  ): Promise<Result<Name>> {
    return new Promise<Result<Name>>((resolve, reject) => {
      const { signal } = options
      if (this.#gone !== null) throw this.#gone
      if (signal?.aborted === true) throw new CallAbortedError()
      if (this.#pending.size >= MAX_PENDING_CALLS) {
        throw new ApiError('BUSY', 'Too much was asked of the peer at once. Wait for some of it.')
      }
      this.#nextId++
      const id = this.#nextId
      this.#channel.send({ type: 'call', id, name, parameters })
      const onAbort = (): void => {
        this.#pending.delete(id)
        this.#channel.send({ type: 'cancel', id })
        reject(new CallAbortedError())
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#pending.set(id, {
        resolve: (value) => {
          signal?.removeEventListener('abort', onAbort)
          resolve(value as Result<Name>)
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort)
          reject(error)
        },
      })
    })
  }

  on<Name extends EventName>(name: Name, listener: (event: ApiEvents[Name]) => void): Disposable {
    return this.#events.on(name, listener)
  }

  dispose(): void {
    this.#end(new PeerGoneError('This connection to the peer was closed.'))
  }

  #receive(frame: unknown, bytes: number): void {
    if (this.#gone !== null) return
    try {
      this.#handle(decodeServerFrame(frame))
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error
      this.#end(new PeerGoneError(error.message))
      return
    }
    this.#sayTaken(bytes)
  }

  #handle(frame: ServerFrame): void {
    switch (frame.type) {
      case 'result':
        this.#settle(frame.id)?.resolve(frame.value)
        return
      case 'error':
        this.#settle(frame.id)?.reject(new ApiError(frame.code, frame.message))
        return
      case 'event':
        // Typed by the contract, whose other end is our own peer.
        this.#events.emit(frame.name as EventName, frame.event as ApiEvents[EventName])
        return
      case 'goodbye':
        this.#end(new PeerGoneError(frame.message))
        return
    }
  }

  /** The call that waits for this answer; none where it was cancelled meanwhile. */
  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  /** The peer keeps what it sends bounded by this. */
  #sayTaken(bytes: number): void {
    this.#takenFrames++
    this.#unsaidBytes += bytes
    if (this.#takenFrames - this.#saidFrames < TAKEN_EVERY_FRAMES && this.#unsaidBytes < TAKEN_EVERY_BYTES) return
    this.#saidFrames = this.#takenFrames
    this.#unsaidBytes = 0
    this.#channel.send({ type: 'taken', frames: this.#takenFrames })
  }

  #end(reason: PeerGoneError): void {
    if (this.#gone !== null) return
    this.#gone = reason
    this.#channel.dispose()
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const call of pending) call.reject(reason)
    this.#closed.abort(reason)
  }
}
