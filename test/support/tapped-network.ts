import type { Disposable } from '../../src/base/lifecycle.ts'
import type { MessageStream, Network } from '../../src/network/network.ts'

/** A network that shows every byte which comes in: frames of all streams, whoever opened them, and gossip. */
export function tappedNetwork(network: Network, onReceived: (bytes: Uint8Array) => void): Network {
  const tapped = (stream: MessageStream): MessageStream => ({
    peer: stream.peer,
    protocol: stream.protocol,
    signal: stream.signal,
    send: (frame) => stream.send(frame),
    close: () => stream.close(),
    abort: (reason) => stream.abort(reason),
    [Symbol.asyncIterator]: () => {
      const frames = stream[Symbol.asyncIterator]()
      return {
        next: async () => {
          const result = await frames.next()
          if (result.done !== true) onReceived(result.value)
          return result
        },
        return: async () => (await frames.return?.()) ?? { done: true, value: undefined },
      }
    },
  })
  const own: Pick<Network, 'handle' | 'openStream' | 'subscribe'> = {
    handle: (protocol, handler, options): Disposable =>
      network.handle(protocol, async (stream) => await handler(tapped(stream)), options),
    openStream: async (device, protocol, options) => tapped(await network.openStream(device, protocol, options)),
    subscribe: (topic, listener) =>
      network.subscribe(topic, (data, from) => {
        onReceived(data)
        listener(data, from)
      }),
  }
  return new Proxy(network, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof typeof own]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
