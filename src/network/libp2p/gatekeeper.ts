import type { Connection, Stream, StreamHandler } from '@libp2p/interface'

import type { Clock } from '../../base/clock.ts'
import { AbortedError, messageOf, TimeoutError } from '../../base/errors.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import { NotAdmittedError } from '../errors.ts'
import type { Gate, MessageStream } from '../network.ts'
import { GATE_BEGIN_MS, GATE_PROTOCOL, GATE_TIMEOUT_MS } from './constants.ts'
import type { Link } from './link.ts'
import { Libp2pMessageStream } from './message-stream.ts'
import { untilAborted } from './until-aborted.ts'

/** Said by each side after its own gate let the other through. */
const PASSED = Uint8Array.of(1)

/** Runs the gate over a stream of its own on each new connection; the dialler opens it. */
export class Gatekeeper {
  readonly #gate: Gate
  readonly #clock: Clock
  /** Connections on which we wait for the dialler's gate stream. */
  readonly #expected = new Map<string, (stream: Stream) => void>()

  constructor(gate: Gate, clock: Clock) {
    this.#gate = gate
    this.#clock = clock
  }

  readonly handler: StreamHandler = (stream, connection) => {
    const take = this.#expected.get(connection.id)
    if (take === undefined) throw new NotAdmittedError('this connection awaits no gate')
    this.#expected.delete(connection.id)
    take(stream)
  }

  /**
   * Resolves when both sides have let each other through.
   * @throws NotAdmittedError, TimeoutError, or what the gate threw
   */
  async run(link: Link, signal: AbortSignal): Promise<void> {
    const deadline = new AbortController()
    const give = (reason: Error): void => deadline.abort(reason)
    const onAbort = (): void => give(new AbortedError())
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const limits = new DisposableStore()
    const begun = this.#clock.after(GATE_BEGIN_MS, () =>
      give(new TimeoutError(`the gate was not begun within ${GATE_BEGIN_MS / 1000} s`)),
    )
    limits.add(begun)
    limits.add(
      this.#clock.after(GATE_TIMEOUT_MS, () =>
        give(new TimeoutError(`the gate was not passed within ${GATE_TIMEOUT_MS / 1000} s`)),
      ),
    )
    try {
      await untilAborted(
        this.#pass(link, deadline.signal, () => begun.dispose()),
        deadline.signal,
      )
    } finally {
      limits.dispose()
      signal.removeEventListener('abort', onAbort)
      this.#expected.delete(link.connection.id)
    }
  }

  async #pass(link: Link, signal: AbortSignal, begun: () => void): Promise<void> {
    const raw = link.weDialled
      ? await link.connection.newStream(GATE_PROTOCOL, { signal })
      : await this.#arrival(link.connection)
    begun()
    const stream = new Libp2pMessageStream(raw, link.device, GATE_PROTOCOL, () => {
      link.heardAt = this.#clock.monotonic()
    })
    signal.addEventListener('abort', () => stream.abort(signal.reason as Error), { once: true })
    try {
      await this.#gate(keptOpen(stream), link.weDialled ? 'dialler' : 'listener', signal)
      await stream.send(PASSED)
      const verdict = await stream[Symbol.asyncIterator]().next()
      if (verdict.done === true || verdict.value.length !== 1 || verdict.value[0] !== PASSED[0]) {
        throw new NotAdmittedError('the other side did not let us through')
      }
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(messageOf(error))
      stream.abort(cause)
      throw cause
    }
    // Not awaited: closing in good order takes a round trip that nobody needs.
    void stream.close()
  }

  #arrival(connection: Connection): Promise<Stream> {
    return new Promise((resolve) => this.#expected.set(connection.id, resolve))
  }
}

/** The verdict goes over the same stream after the gate, so the gate's own `close` does nothing yet. */
function keptOpen(stream: MessageStream): MessageStream {
  return {
    peer: stream.peer,
    protocol: stream.protocol,
    signal: stream.signal,
    send: (frame) => stream.send(frame),
    close: () => Promise.resolve(),
    abort: (reason) => stream.abort(reason),
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
  }
}
