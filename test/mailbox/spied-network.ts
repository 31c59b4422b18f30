import type { Question } from '../../src/mailbox/protocol.ts'
import { decodeQuestion, MAILBOX_PROTOCOL } from '../../src/mailbox/protocol.ts'
import type { MessageStream, Network } from '../../src/network/network.ts'

export interface Spied {
  /** Whose process. */
  readonly name: string
  /** `asked` and `heard`: over the stream that it opened; `was asked` and `answered`: over one that it serves. */
  readonly direction: 'asked' | 'heard' | 'was asked' | 'answered'
  readonly frame: Uint8Array
  /** Where the frame is one. */
  readonly question: Question | undefined
}

export type Spy = (spied: Spied) => void

/** The network as a mailbox sees it, with each frame of the mailbox shown to a spy. */
export function spiedOn(network: Network, name: string, spy: Spy): Network {
  const show = (direction: Spied['direction'], frame: Uint8Array): void => {
    const question = direction === 'asked' || direction === 'was asked' ? decodeQuestion(frame) : undefined
    spy({ name, direction, frame, question })
  }
  const spied = (stream: MessageStream, out: Spied['direction'], into: Spied['direction']): MessageStream => ({
    peer: stream.peer,
    protocol: stream.protocol,
    signal: stream.signal,
    close: () => stream.close(),
    abort: (reason) => stream.abort(reason),
    send: (frame) => {
      show(out, frame)
      return stream.send(frame)
    },
    async *[Symbol.asyncIterator]() {
      for await (const frame of stream) {
        show(into, frame)
        yield frame
      }
    },
  })
  return new Proxy(network, {
    get(target, property) {
      if (property === 'openStream') {
        const openStream: Network['openStream'] = async (device, protocol, options) => {
          const stream = await target.openStream(device, protocol, options)
          return protocol === MAILBOX_PROTOCOL ? spied(stream, 'asked', 'heard') : stream
        }
        return openStream
      }
      if (property === 'handle') {
        const handle: Network['handle'] = (protocol, handler) =>
          target.handle(protocol, (stream) => handler(spied(stream, 'answered', 'was asked')))
        return handle
      }
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
