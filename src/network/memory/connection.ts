import type { Clock } from '../../base/clock.ts'
import { AbortedError, messageOf, TimeoutError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { NotAdmittedError, NotConnectedError, StreamClosedError } from '../errors.ts'
import type { Gate, MessageStream, StreamHandler } from '../network.ts'
import { GATE_TIMEOUT_MS, MAX_STREAMS } from './constants.ts'
import type { MemoryAddress } from './address.ts'
import type { Gossip } from './gossip.ts'
import type { Wire } from './link.ts'
import { MemoryStream } from './memory-stream.ts'

/** Bytes of what is said beside the frames themselves. */
const CONTROL_BYTES = 32
/** The stream that the gate speaks over. */
const GATE_STREAM = 0
const GATE_PROTOCOL = '/murmuration/gate'

/** The network that a connection's end belongs to. */
export interface ConnectionOwner {
  readonly device: DeviceId
  readonly gossip: Gossip
  handlerOf(protocol: string): StreamHandler | undefined
  /** Both gates passed. */
  connectionOpened(end: ConnectionEnd): void
  /** The peer at the other end told where others are. */
  addressesHeard(addresses: readonly MemoryAddress[]): void
  /** `wasOpen` is false where it never got past the gates. */
  connectionClosed(end: ConnectionEnd, wasOpen: boolean): void
}

type State =
  | { readonly kind: 'gate'; readonly passed: boolean; readonly remotePassed: boolean }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly reason: Error }

interface Opening {
  readonly stream: MemoryStream
  readonly resolve: (stream: MemoryStream) => void
  readonly reject: (error: Error) => void
}

/** One end of a connection between two simulated hosts. */
export class ConnectionEnd {
  readonly owner: ConnectionOwner
  readonly remoteHost: string
  readonly side: 'dialler' | 'listener'
  /** What goes from here to the other end. */
  readonly wire: Wire
  /** One side has enough other connections and ends this one on purpose. */
  parting = false
  #remote: ConnectionEnd | undefined
  #state: State = { kind: 'gate', passed: false, remotePassed: false }
  readonly #streams = new Map<number, MemoryStream>()
  readonly #opening = new Map<number, Opening>()
  #nextStream: number
  #admissionWaiters: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  constructor(owner: ConnectionOwner, remoteHost: string, side: 'dialler' | 'listener', wire: Wire) {
    this.owner = owner
    this.remoteHost = remoteHost
    this.side = side
    this.wire = wire
    this.#nextStream = side === 'dialler' ? 1 : 2
  }

  /** Joins two fresh ends. */
  static join(a: ConnectionEnd, b: ConnectionEnd): void {
    a.#remote = b
    b.#remote = a
  }

  get remote(): ConnectionEnd {
    if (this.#remote === undefined) throw new Error('a connection needs two ends')
    return this.#remote
  }

  get closed(): boolean {
    return this.#state.kind === 'closed'
  }

  get open(): boolean {
    return this.#state.kind === 'open'
  }

  get device(): DeviceId {
    return this.remote.owner.device
  }

  /** Says something to the other end, which hears it after what was said before. */
  tell(bytes: number, hear: (remote: ConnectionEnd) => void): void {
    if (this.closed) return
    this.wire.send(bytes, () => {
      if (!this.remote.closed) hear(this.remote)
    })
  }

  /** Lets the owner's gate speak, and opens the connection once both sides' gates passed. */
  async passGate(gate: Gate | undefined, clock: Clock): Promise<void> {
    if (gate === undefined) {
      this.#gatePassed()
      return
    }
    const stream = this.#gateStream()
    const late = new AbortController()
    const timer = clock.after(GATE_TIMEOUT_MS, () => {
      const error = new TimeoutError(`the gate took longer than ${GATE_TIMEOUT_MS} ms`)
      late.abort(error)
      this.#refuse(error)
    })
    stream.signal.addEventListener('abort', () => late.abort(stream.signal.reason), { once: true })
    try {
      await gate(stream, this.side, late.signal)
      void stream.close()
      this.#gatePassed()
    } catch (error) {
      this.#refuse(error)
    } finally {
      timer.dispose()
    }
  }

  /** Resolves once both gates passed. @throws the reason why not */
  async admission(): Promise<void> {
    if (this.#state.kind === 'open') return
    if (this.#state.kind === 'closed') throw this.#state.reason
    await new Promise<void>((resolve, reject) => {
      this.#admissionWaiters.push({ resolve, reject })
    })
  }

  #gateStream(): MemoryStream {
    const known = this.#streams.get(GATE_STREAM)
    if (known !== undefined) return known
    const stream = this.#makeStream(GATE_STREAM, GATE_PROTOCOL)
    this.#streams.set(GATE_STREAM, stream)
    return stream
  }

  #gatePassed(): void {
    if (this.#state.kind !== 'gate') return
    this.#state = { ...this.#state, passed: true }
    this.tell(CONTROL_BYTES, (remote) => remote.#remoteGatePassed())
    this.#openWhenPassed()
  }

  #refuse(error: unknown): void {
    if (this.closed) return
    const reason = new NotAdmittedError(`${this.remoteHost} was not let in: ${messageOf(error)}`, { cause: error })
    const told = new NotAdmittedError(`${this.remoteHost} did not let this machine in: ${messageOf(error)}`)
    this.tell(CONTROL_BYTES, (remote) => remote.close(told))
    this.close(reason)
  }

  /** @throws StreamClosedError, NotConnectedError, AbortedError */
  async openStream(protocol: string, signal: AbortSignal | undefined): Promise<MessageStream> {
    if (this.closed) throw new NotConnectedError(`${this.remoteHost} is not connected`)
    if (this.#streams.size >= MAX_STREAMS)
      throw new StreamClosedError(`too many streams to ${this.remoteHost} are open`)
    const id = this.#nextStream
    this.#nextStream += 2
    const stream = this.#makeStream(id, protocol)
    this.#streams.set(id, stream)
    return await new Promise<MemoryStream>((resolve, reject) => {
      const onAbort = (): void => {
        stream.abort(new AbortedError())
        settle()
        reject(new AbortedError())
      }
      const settle = (): void => {
        this.#opening.delete(id)
        signal?.removeEventListener('abort', onAbort)
      }
      this.#opening.set(id, {
        stream,
        resolve(opened) {
          settle()
          resolve(opened)
        },
        reject(error) {
          settle()
          reject(error)
        },
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      this.tell(CONTROL_BYTES + protocol.length, (remote) => remote.#accept(id, protocol))
    })
  }

  /** Ends the connection on purpose; the other end hears that it is no break. */
  part(): void {
    this.parting = true
    this.tell(CONTROL_BYTES, (remote) => {
      remote.parting = true
    })
    this.close(new NotConnectedError('there are enough other connections'))
  }

  /** Ends the connection here, at once, and for the other end as soon as it hears of it. */
  close(reason: Error): void {
    if (this.closed) return
    this.wire.send(CONTROL_BYTES, () => this.remote.remoteClosed())
    this.#close(reason)
  }

  /** The other end is gone. */
  remoteClosed(): void {
    this.#close(new NotConnectedError(`${this.remoteHost} closed the connection`))
  }

  /** The link is dead: what is under way is lost, and the other end has to find out by itself. */
  giveUp(reason: Error): void {
    this.wire.close()
    this.#close(reason)
  }

  /** This process was killed: nothing here ever goes on. @param options.silent nobody tells the other end */
  kill(options: { readonly silent: boolean }): void {
    for (const stream of this.#streams.values()) stream.freeze()
    this.#streams.clear()
    this.#opening.clear()
    this.#admissionWaiters = []
    if (this.closed) return
    this.#state = { kind: 'closed', reason: new NotConnectedError('killed') }
    this.remote.wire.close()
    if (options.silent) this.wire.close()
    else this.wire.send(CONTROL_BYTES, () => this.remote.remoteClosed())
  }

  #close(reason: Error): void {
    if (this.#state.kind === 'closed') return
    const wasOpen = this.#state.kind === 'open'
    this.#state = { kind: 'closed', reason }
    // Nobody listens here any more.
    this.remote.wire.close()
    const lost = new NotConnectedError(`the connection to ${this.remoteHost} is gone: ${reason.message}`)
    const openings = [...this.#opening.values()]
    for (const opening of openings) opening.reject(lost)
    const streams = [...this.#streams.values()]
    this.#streams.clear()
    for (const stream of streams) stream.lose(new StreamClosedError(lost.message, { cause: reason }))
    for (const { reject } of this.#admissionWaiters.splice(0)) reject(reason)
    this.owner.connectionClosed(this, wasOpen)
  }

  #remoteGatePassed(): void {
    if (this.#state.kind !== 'gate') return
    this.#state = { ...this.#state, remotePassed: true }
    this.#openWhenPassed()
  }

  #openWhenPassed(): void {
    if (this.#state.kind !== 'gate' || !this.#state.passed || !this.#state.remotePassed) return
    this.#state = { kind: 'open' }
    this.owner.connectionOpened(this)
    for (const { resolve } of this.#admissionWaiters.splice(0)) resolve()
  }

  #accept(id: number, protocol: string): void {
    const handler = this.owner.handlerOf(protocol)
    const refusal = handler === undefined ? `does not serve ${protocol}` : 'has too many streams open'
    if (handler === undefined || this.#streams.size >= MAX_STREAMS) {
      this.tell(CONTROL_BYTES, (remote) => remote.#refused(id, refusal))
      return
    }
    const stream = this.#makeStream(id, protocol)
    this.#streams.set(id, stream)
    this.tell(CONTROL_BYTES, (remote) => remote.#opened(id))
    void serve(handler, stream)
  }

  #opened(id: number): void {
    const opening = this.#opening.get(id)
    opening?.resolve(opening.stream)
  }

  #refused(id: number, why: string): void {
    const error = new StreamClosedError(`${this.remoteHost} ${why}`)
    this.#opening.get(id)?.reject(error)
    this.#streams.get(id)?.lose(error)
  }

  #makeStream(id: number, protocol: string): MemoryStream {
    const there = (hear: (stream: MemoryStream) => void) => (remote: ConnectionEnd) => {
      // The gate may speak before the other side has begun its own.
      const stream = id === GATE_STREAM ? remote.#gateStream() : remote.#streams.get(id)
      if (stream !== undefined) hear(stream)
    }
    return new MemoryStream(this.device, protocol, {
      frame: (frame) => {
        const hear = there((stream) => stream.receiveFrame(frame))
        this.tell(frame.length + CONTROL_BYTES, hear)
      },
      credit: (bytes) => {
        const hear = there((stream) => stream.receiveCredit(bytes))
        this.tell(CONTROL_BYTES, hear)
      },
      finish: () => {
        const hear = there((stream) => stream.receiveFinish())
        this.tell(CONTROL_BYTES, hear)
      },
      abort: (message) => {
        const hear = there((stream) => stream.receiveAbort(message))
        this.tell(CONTROL_BYTES, hear)
      },
      ended: () => void this.#streams.delete(id),
    })
  }
}

async function serve(handler: StreamHandler, stream: MemoryStream): Promise<void> {
  try {
    await handler(stream)
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  }
}
