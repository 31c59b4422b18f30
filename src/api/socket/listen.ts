import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server } from 'node:net'

import type { Clock } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { silentLogger } from '../../base/log.ts'
import type { PeerService } from '../../peer/service.ts'
import type { ServedConnection } from '../server/serve-api.ts'
import { serveApi } from '../server/serve-api.ts'
import { findAddress, forgetAddress, prepareAddress } from './address.ts'
import { connected, isNobodyThere } from './connect.ts'
import { AlreadyRunningError, LocalSocketError } from './errors.ts'
import { socketChannel } from './socket-channel.ts'

/** Programs on this machine that are connected at once; a script that leaks them must not fill the peer. */
const MAX_CONNECTIONS = 64

export interface ListenOptions {
  readonly service: PeerService
  /** Exists, and is closed to other users. */
  readonly dataDirectory: string
  readonly logger?: Logger
  readonly clock?: Clock
}

export interface LocalServer {
  /** The socket's path or the pipe's name. */
  readonly address: string
  /** Ends every connection and removes the socket. Idempotent. */
  close(): Promise<void>
}

/**
 * Serves the API to programs of this user on this machine, at a socket in the data folder that only its owner can open.
 * What a killed peer left there is removed.
 * @throws AlreadyRunningError
 * @throws LocalSocketError
 */
export async function listenLocally(options: ListenOptions): Promise<LocalServer> {
  const { service, dataDirectory, logger = silentLogger, clock = systemClock } = options
  await requireNobody(dataDirectory)
  const address = await prepareAddress({ dataDirectory })
  const connections = new Set<ServedConnection>()
  const server = createServer((socket) => {
    const connection = serveApi(service, socketChannel(socket, clock), { logger })
    connections.add(connection)
    connection.closed.addEventListener('abort', () => connections.delete(connection), { once: true })
  })
  server.maxConnections = MAX_CONNECTIONS
  try {
    if (process.platform !== 'win32') await rm(address, { force: true })
    await listen(server, address)
  } catch (error) {
    throw new LocalSocketError(`The local socket ${address} can't be made: ${messageOf(error)}.`, { cause: error })
  }
  server.on('error', (error) => logger.warn({ error }, 'the local socket failed'))
  let closing: Promise<void> | null = null
  return {
    address,
    close: () => {
      closing ??= close(server, connections, dataDirectory)
      return closing
    },
  }
}

async function requireNobody(dataDirectory: string): Promise<void> {
  const address = await findAddress({ dataDirectory })
  if (address === null) return
  try {
    const socket = await connected(address)
    socket.destroy()
  } catch (error) {
    if (isNobodyThere(error)) return
    throw new LocalSocketError(`${address} can't be used: ${messageOf(error)}.`, { cause: error })
  }
  throw new AlreadyRunningError(dataDirectory)
}

async function listen(server: Server, address: string): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
  })
  // A socket is made with the permissions that the umask leaves, and at once: nobody else gets a moment to connect in.
  const before = process.platform === 'win32' ? null : process.umask(0o177)
  try {
    server.listen(address)
  } finally {
    if (before !== null) process.umask(before)
  }
  await listening
  if (process.platform !== 'win32') await chmod(address, 0o600)
}

async function close(server: Server, connections: Set<ServedConnection>, dataDirectory: string): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const connection of connections) connection.dispose()
  await closed
  await forgetAddress(dataDirectory)
}
