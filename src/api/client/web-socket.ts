import type { Channel } from '../wire/channel.ts'
import { WEB_SOCKET_PATH, subprotocols } from '../wire/web-address.ts'
import type { WebSocketLike } from '../wire/web-socket.ts'
import { webSocketChannel } from '../wire/web-socket.ts'
import { ApiError, CallAbortedError, PeerGoneError } from './errors.ts'

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
 * @throws PeerGoneError where the peer is not there: trying again helps
 * @throws ApiError with code REFUSED where it is there and does not take the token: trying again does not help
 */
export async function openWebSocketChannel(options: WebSocketOptions): Promise<Channel> {
  const socket = await opened(options)
  if (socket !== null) return webSocketChannel(socket)
  if (await answers(options.origin)) {
    throw new ApiError(
      'REFUSED',
      'The peer does not take this address any more: it makes a new one each time it starts. Open the one that it printed last.',
    )
  }
  throw new PeerGoneError('The peer cannot be reached from this page. Is it running?')
}

async function opened(options: WebSocketOptions): Promise<WebSocketLike | null> {
  const address = new URL(WEB_SOCKET_PATH, options.origin)
  address.protocol = 'ws:'
  const create = options.create ?? ((url, protocols) => new WebSocket(url, protocols))
  const socket = create(address.href, subprotocols(options.token))
  const { signal } = options
  return await new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(new CallAbortedError())
      socket.close()
    }
    const settle = (outcome: WebSocketLike | null): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve(outcome)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    socket.addEventListener('error', () => settle(null))
    socket.addEventListener('close', () => settle(null))
    socket.addEventListener('open', () => settle(socket))
    if (signal?.aborted === true) giveUp()
  })
}

/** A browser does not tell a page why a WebSocket failed; whether anybody serves its files does. */
async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(origin, { method: 'HEAD', cache: 'no-store' })
    return response.ok
  } catch {
    return false
  }
}
