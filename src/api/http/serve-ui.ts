import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import type { IncomingMessage, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'

import { getRequestListener } from '@hono/node-server'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'

import { toBase64url } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import { codeOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { silentLogger } from '../../base/log.ts'
import type { PeerService } from '../../peer/service.ts'
import type { ServedConnection } from '../server/serve-api.ts'
import { serveApi } from '../server/serve-api.ts'
import { MAX_FRAME_BYTES } from '../wire/frames.ts'
import { ANSWERED_SUBPROTOCOL, WEB_SOCKET_PATH, pageAddress } from '../wire/web-address.ts'
import { webSocketChannel } from '../wire/web-socket.ts'
import { InterfaceMissingError, PortForbiddenError, PortTakenError } from './errors.ts'
import { files } from './files.ts'
import { Gate } from './gate.ts'

const LOOPBACK = '127.0.0.1'
const TOKEN_BYTES = 32
/** Pages that are open at once. */
const MAX_PAGES = 32
/** Connections of any kind: browsers open about six a page for files. */
const MAX_SOCKETS = 256
/** How long a page may take to say that it saw the end. */
const LINGER_MS = 1000

export interface ServeUiOptions {
  readonly service: PeerService
  /** 0: one that is free. */
  readonly port: number
  /** Holds the built interface. */
  readonly directory: string
  readonly logger?: Logger
  readonly clock?: Clock
}

export interface ServedUi {
  /** What a person opens in the browser; its fragment holds the token. Not for logs. */
  readonly address: string
  readonly port: number
  /** Ends every page's connection. Idempotent. */
  close(): Promise<void>
}

/**
 * Serves the interface to browsers of this machine. The files are open to whoever can reach 127.0.0.1; the peer behind them
 * only to pages of this server that were opened with the token.
 * @throws PortTakenError
 * @throws PortForbiddenError
 * @throws InterfaceMissingError
 */
export async function serveUi(options: ServeUiOptions): Promise<ServedUi> {
  const { service, directory, logger = silentLogger, clock = systemClock } = options
  await access(join(directory, 'index.html')).catch(() => {
    throw new InterfaceMissingError(directory)
  })
  const server = createServer()
  server.maxConnections = MAX_SOCKETS
  const port = await listen(server, options.port)
  server.on('error', (error) => logger.warn({ error }, 'the web interface failed'))
  const token = toBase64url(randomBytes(TOKEN_BYTES))
  const gate = new Gate(port, token)
  const app = files({ directory, port, gate })
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  server.on('request', (request, response) => void answer(request, response))
  const pages = servePages({ service, server, gate, logger })
  let closing: Promise<void> | null = null
  return {
    address: pageAddress(port, token),
    port,
    close: () => {
      closing ??= close(server, pages, clock)
      return closing
    },
  }
}

type Pages = ReadonlyMap<WebSocket, ServedConnection>

function servePages(options: {
  readonly service: PeerService
  readonly server: Server
  readonly gate: Gate
  readonly logger: Logger
}): Pages {
  const { service, server, gate, logger } = options
  const pages = new Map<WebSocket, ServedConnection>()
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: () => ANSWERED_SUBPROTOCOL,
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, gate, pages.size)
    if (refusal !== null) {
      refuse(socket, refusal)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const page = serveApi(service, webSocketChannel(webSocket), { logger })
      pages.set(webSocket, page)
      webSocket.once('close', () => pages.delete(webSocket))
    })
  })
  return pages
}

function refusalOf(request: IncomingMessage, gate: Gate, open: number): string | null {
  const { headers } = request
  const allowed = gate.allowsConnection({
    host: headers.host,
    origin: headers.origin,
    subprotocols: headers['sec-websocket-protocol'],
  })
  if (!allowed) return '403 Forbidden'
  if (request.url !== WEB_SOCKET_PATH) return '404 Not Found'
  return open < MAX_PAGES ? null : '503 Service Unavailable'
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject)
      resolve()
    })
  }).catch((error: unknown) => {
    if (codeOf(error) === 'EADDRINUSE') throw new PortTakenError(port, { cause: error })
    if (codeOf(error) === 'EACCES') throw new PortForbiddenError(port, { cause: error })
    throw error
  })
  // A TCP server that listens has an address object.
  return (server.address() as AddressInfo).port
}

async function close(server: Server, pages: Pages, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const page of pages.values()) page.dispose()
  server.closeAllConnections()
  const cut = clock.after(LINGER_MS, () => {
    for (const webSocket of pages.keys()) webSocket.terminate()
  })
  await closed
  cut.dispose()
}
