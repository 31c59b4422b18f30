import type { Disposable } from '../../base/lifecycle.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import { MurmurationError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { silentLogger } from '../../base/log.ts'
import type { ApiConnection, PeerService } from '../../peer/service.ts'
import type { ApiEvents, EventName } from '../contract/index.ts'
import { BROADCAST_EVENTS } from '../contract/index.ts'
import type { Channel } from '../wire/channel.ts'
import type { ClientFrame, ServerFrame } from '../wire/frames.ts'
import { API_PROTOCOL, FrameTooLargeError, MalformedFrameError, decodeClientFrame } from '../wire/frames.ts'
import { CallQueue } from './call-queue.ts'
import { Outbox } from './outbox.ts'
import { isCallName, parseParameters } from './parameters.ts'
import { toWireError } from './wire-error.ts'

export interface ServeApiOptions {
  readonly logger?: Logger
}

/** A client that the peer serves. Disposing says goodbye and ends the connection. */
export interface ServedConnection extends Disposable {
  readonly closed: AbortSignal
  /** Says why before ending. */
  end(reason: MurmurationError): void
}

class OtherVersionError extends MurmurationError {
  constructor(theirs: number) {
    super(
      'OTHER_VERSION',
      `The running peer speaks version ${API_PROTOCOL} of its interface and this program version ${theirs}. Use the same Murmuration for both.`,
    )
  }
}

class UnknownCallError extends MurmurationError {
  constructor(name: string) {
    super('UNKNOWN_CALL', `The running peer knows no call "${name.slice(0, 80)}". Use the same Murmuration for both.`)
  }
}

const STOPPED = new MurmurationError('PEER_STOPPED', 'The peer has been stopped.')

let connections = 0

/**
 * Serves one client on `channel` until either side ends it: validates its calls, bounds what it may ask for at once and
 * what it may leave untaken, and ends it where it does not keep to the protocol. Everything begun for it ends with it.
 */
export function serveApi(service: PeerService, channel: Channel, options: ServeApiOptions = {}): ServedConnection {
  const session = new ApiSession(service, channel, options.logger ?? silentLogger)
  channel.receive((frame, bytes) => session.receive(frame, bytes))
  return {
    closed: channel.closed,
    end: (reason) => session.end(reason),
    dispose: () => session.end(STOPPED),
  }
}

class ApiSession implements ApiConnection {
  readonly id: string
  readonly closed: AbortSignal
  readonly #service: PeerService
  readonly #channel: Channel
  readonly #logger: Logger
  readonly #outbox: Outbox
  readonly #calls: CallQueue
  readonly #subscriptions = new DisposableStore()
  #greeted = false

  constructor(service: PeerService, channel: Channel, logger: Logger) {
    connections++
    this.id = `connection-${connections}`
    this.closed = channel.closed
    this.#service = service
    this.#channel = channel
    this.#logger = logger
    this.#outbox = new Outbox(channel)
    this.#calls = new CallQueue(() => !this.#outbox.congested)
    channel.closed.addEventListener('abort', () => this.#clear(), { once: true })
  }

  emit<Name extends EventName>(name: Name, event: ApiEvents[Name]): void {
    if (!this.#greeted || this.closed.aborted) return
    this.#orEnd(() => this.#outbox.event(name, event))
  }

  receive(frame: unknown, bytes: number): void {
    if (this.closed.aborted) return
    this.#orEnd(() => this.#handle(decodeClientFrame(frame), bytes))
  }

  end(reason: MurmurationError): void {
    if (this.closed.aborted) return
    try {
      this.#channel.send({ type: 'goodbye', ...toWireError(reason) })
    } finally {
      this.#channel.dispose()
    }
  }

  #handle(frame: ClientFrame, bytes: number): void {
    if (frame.type !== 'hello' && !this.#greeted) throw new MalformedFrameError('a call before the greeting')
    switch (frame.type) {
      case 'hello':
        this.#greet(frame.protocol)
        return
      case 'call':
        this.#take(frame.id, frame.name, frame.parameters, bytes)
        return
      case 'cancel':
        this.#calls.cancel(frame.id)
        return
      case 'taken':
        this.#outbox.taken(frame.frames)
        this.#calls.beginMore()
        return
    }
  }

  #greet(protocol: number): void {
    if (this.#greeted) throw new MalformedFrameError('a second greeting')
    if (protocol !== API_PROTOCOL) throw new OtherVersionError(protocol)
    this.#greeted = true
    for (const name of BROADCAST_EVENTS) {
      this.#subscriptions.add(this.#service.events.on(name, (event) => this.emit(name, event)))
    }
  }

  #take(id: number, name: string, parameters: unknown, bytes: number): void {
    if (this.#calls.has(id)) throw new MalformedFrameError('a call under the number of another')
    try {
      this.#calls.add(id, bytes, async (signal) => {
        const answer = await this.#answer(id, name, parameters, signal)
        if (!signal.aborted) this.#orEnd(() => this.#reply(answer))
      })
    } catch (error) {
      this.#outbox.send({ type: 'error', id, ...toWireError(error) })
    }
  }

  async #answer(id: number, name: string, parameters: unknown, signal: AbortSignal): Promise<ServerFrame> {
    try {
      if (!isCallName(name)) throw new UnknownCallError(name)
      const value: unknown = await this.#service.call(name, parseParameters(name, parameters), this, signal)
      return { type: 'result', id, value }
    } catch (error) {
      if (!(error instanceof MurmurationError)) this.#logger.error({ error, call: name }, 'a call failed unexpectedly')
      return { type: 'error', id, ...toWireError(error) }
    }
  }

  #reply(answer: ServerFrame): void {
    try {
      this.#outbox.send(answer)
    } catch (error) {
      if (!(error instanceof FrameTooLargeError) || answer.type !== 'result') throw error
      this.#outbox.send({ type: 'error', id: answer.id, ...toWireError(error) })
    }
  }

  /** What a client does wrong, or can't keep up with, ends its connection and nothing else. */
  #orEnd(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof MurmurationError)) this.#logger.error({ error }, 'a connection failed unexpectedly')
      this.end(error instanceof MurmurationError ? error : new MurmurationError('INTERNAL', toWireError(error).message))
    }
  }

  #clear(): void {
    this.#subscriptions.dispose()
    this.#calls.cancelAll()
  }
}
