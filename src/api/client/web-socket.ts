import type { Channel } from '../wire/channel.ts'
import { WEB_SOCKET_PATH, subprotocols } from '../wire/web-address.ts'
import type { WebSocketLike } from '../wire/web-socket.ts'
import { webSocketChannel } from '../wire/web-socket.ts'
import { CallAbortedError, PeerGoneError } from './errors.ts'

export interface WebSocketOptions {
  /** Where the page came from: `location.origin`. */
  readonly origin: string
  readonly token: string
  readonly signal?: AbortSignal
  /** The platform's WebSocket, unless another is given. */
  readonly create?: (address: string, protocols: string[]) => WebSocketLike
}

/**
 * A channel to the peer that served this page.
 * @throws PeerGoneError where the peer is not there or refuses the token
 */
export async function openWebSocketChannel(options: WebSocketOptions): Promise<Channel> {
  const address = new URL(WEB_SOCKET_PATH, options.origin)
  address.protocol = 'ws:'
  const create = options.create ?? ((url, protocols) => new WebSocket(url, protocols))
  const socket = create(address.href, subprotocols(options.token))
  const { signal } = options
  return await new Promise<Channel>((resolve, reject) => {
    const refuse = (): void => {
      signal?.removeEventListener('abort', giveUp)
      reject(
        new PeerGoneError('The peer cannot be reached from this page. Is it running, and is this its present address?'),
      )
    }
    const giveUp = (): void => {
      reject(new CallAbortedError())
      socket.close()
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    socket.addEventListener('error', refuse)
    socket.addEventListener('close', refuse)
    socket.addEventListener('open', () => {
      signal?.removeEventListener('abort', giveUp)
      resolve(webSocketChannel(socket))
    })
    if (signal?.aborted === true) giveUp()
  })
}
