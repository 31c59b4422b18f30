import type { Connection, ConnectionGater, Libp2p, Logger, MultiaddrConnection, StreamHandler } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

import { messageOf } from '../../base/errors.ts'
import type { DeviceKey } from '../../identity/device-key.ts'
import { DialError, ListenError } from '../errors.ts'
import type { HandleOptions } from '../network.ts'
import { MAX_STREAMS } from '../network.ts'
import { INBOUND_ROOM } from '../view.ts'
import { MAX_PENDING_GATES, MAX_READ_BUFFER_BYTES, MAX_WINDOW_BYTES } from './constants.ts'
import type { OpenConnection } from './dialler.ts'
import { discoveryService } from './discovery.ts'
import type { DiscoveryOptions } from './discovery.ts'
import type { Gossip } from './gossip.ts'
import type { Admission, Registrar } from './guard.ts'
import { guardedRegistrar } from './guard.ts'
import { MAX_RESERVATIONS } from './reach/relay.ts'
import { loadMdns } from './modules.ts'
import { coalescingTcp } from './tcp-transport.ts'
import { frugalYamux } from './yamux-windows.ts'
import type { Libp2pModules } from './modules.ts'

type Components = Parameters<NonNullable<NonNullable<Parameters<Libp2pModules['createLibp2p']>[0]>['transports']>[0]>[0]

/** New connections a second from one address, and connections in the handshake: an office may be one address. */
const MAX_CONNECTIONS_PER_SECOND = 200
const MAX_HANDSHAKES = 128
const HANDSHAKE_MS = 10_000
/** Incoming connections have libp2p's own time limit. */
const NEVER = new AbortController().signal

export interface NodeOptions {
  readonly modules: Libp2pModules
  readonly key: DeviceKey
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly maxConnections: number
  readonly gater: ConnectionGater
  readonly admission: Admission
  readonly gossip: Gossip
  /** Absent where mDNS is off. */
  readonly discovery: DiscoveryOptions | undefined
  /** Called before the first connection can come. */
  prepare(node: Node): void
  onOpen(connection: Connection): void
  onClose(connection: Connection): void
}

/** What is used of libp2p, once it runs. */
export interface Node {
  /** Those that are announced, in place of the interfaces' where there are any. */
  addresses(): readonly string[]
  /** Those of the interfaces. */
  listening(): readonly string[]
  /** Over TCP. */
  readonly open: OpenConnection
  /** Makes a connection as any other of what carries its bytes: encryption, multiplexer, then the gate. */
  upgradeOutbound(connection: MultiaddrConnection, signal: AbortSignal): Promise<Connection>
  upgradeInbound(connection: MultiaddrConnection): Promise<void>
  multiaddr(text: string): Multiaddr
  logger(name: string): Logger
  handle(protocol: string, handler: StreamHandler, options: HandleOptions): void
  unhandle(protocol: string): void
  stop(): Promise<void>
}

/** Starts libp2p. @throws ListenError */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { modules, key, gossip, admission, discovery } = options
  let components: Components | undefined
  const mdns = discovery === undefined ? undefined : await loadMdns()
  const guardedParts = (given: Components): Components =>
    // The components are a proxy; a view of it with another registrar is all that the services need.
    Object.create(given, { registrar: { value: guardedRegistrar(given.registrar, admission) } }) as Components
  const node = await modules.createLibp2p({
    start: false,
    privateKey: modules.privateKeyFromRaw(Buffer.concat([key.seed, key.publicKey])),
    // Tells strangers nothing about this program, its version or its platform.
    nodeInfo: { name: 'libp2p', version: '1', userAgent: 'libp2p' },
    addresses: { listen: [...options.listen], announce: [...options.announce] },
    transports: [coalescingTcp(modules.tcp())],
    connectionEncrypters: [modules.noise(modules.noiseCrypto === undefined ? {} : { crypto: modules.noiseCrypto })],
    streamMuxers: [
      frugalYamux(
        modules.yamux({
          streamOptions: { maxStreamWindowSize: MAX_WINDOW_BYTES, maxReadBufferLength: MAX_READ_BUFFER_BYTES },
        }),
      ),
    ],
    connectionGater: options.gater,
    connectionManager: {
      // Above what is accepted, so that libp2p itself never prunes.
      maxConnections: (options.maxConnections * INBOUND_ROOM + MAX_RESERVATIONS + MAX_PENDING_GATES) * 2,
      inboundConnectionThreshold: MAX_CONNECTIONS_PER_SECOND,
      maxIncomingPendingConnections: MAX_HANDSHAKES,
      inboundUpgradeTimeout: HANDSHAKE_MS,
      reconnectRetries: 0,
    },
    // Dead links are noticed by Liveness.
    connectionMonitor: { enabled: false },
    services: {
      identify: (given) => modules.identify({ runOnConnectionOpen: false })(guardedParts(given)),
      ping: (given) => modules.ping()(guardedParts(given)),
      gossip: (given) => gossip.service(given),
      ...(mdns === undefined || discovery === undefined ? {} : { discovery: discoveryService(mdns, discovery) }),
      tap: (given) => {
        components = given
        return {}
      },
    },
  })
  if (components === undefined) throw new ListenError('libp2p did not come up')
  const { registrar, transportManager, upgrader, logger } = components
  node.addEventListener('connection:open', (event) => options.onOpen(event.detail))
  node.addEventListener('connection:close', (event) => options.onClose(event.detail))
  const running: Node = {
    addresses: () => node.getMultiaddrs().map(String),
    listening: () => transportManager.getAddrs().map(String),
    async open(address, signal, reached) {
      const target = modules.multiaddr(address.text)
      const transport = transportManager.dialTransportForMultiaddr(target)
      if (transport === undefined) throw new DialError(`nothing here can dial ${address.text}`)
      return await transport.dial(target, {
        signal,
        upgrader: {
          upgradeInbound: (connection, upgrade) => upgrader.upgradeInbound(connection, upgrade),
          upgradeOutbound: (connection, upgrade) => {
            reached()
            return upgrader.upgradeOutbound(connection, upgrade)
          },
          createInboundAbortSignal: (given) => upgrader.createInboundAbortSignal(given),
          getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
          getStreamMuxers: () => upgrader.getStreamMuxers(),
        },
      })
    },
    handle: (protocol, handler, { streams = MAX_STREAMS }) => serve(registrar, protocol, handler, streams),
    unhandle(protocol) {
      // Only the word to libp2p's own store of peers is awaited there; the handler goes at once.
      registrar.unhandle(protocol).catch(() => undefined)
    },
    upgradeOutbound: (connection, signal) => upgrader.upgradeOutbound(connection, { signal }),
    upgradeInbound: (connection) => upgrader.upgradeInbound(connection, { signal: NEVER }),
    multiaddr: (text) => modules.multiaddr(text),
    logger: (name) => logger.forComponent(`murmuration:${name}`),
    async stop() {
      await node.stop()
    },
  }
  options.prepare(running)
  await listen(node, options.listen)
  return running
}

function serve(registrar: Registrar, protocol: string, handler: StreamHandler, streams: number): void {
  registrar
    .handle(protocol, handler, { force: true, maxInboundStreams: streams, maxOutboundStreams: streams })
    .catch(() => undefined)
}

async function listen(node: Libp2p, addresses: readonly string[]): Promise<void> {
  try {
    await node.start()
  } catch (error) {
    throw listenError(addresses, error)
  }
}

/** Tells which address it was, and what to do. */
function listenError(addresses: readonly string[], error: unknown): ListenError {
  const text = messageOf(error)
  const where = addresses.filter((address) => text.includes(`${address}:`)).join(', ') || addresses.join(', ')
  return new ListenError(`cannot listen on ${where}: ${listenReason(text)}`, { cause: error })
}

function listenReason(text: string): string {
  if (text.includes('EADDRINUSE')) return 'the port is in use by another program; stop that one, or choose another port'
  if (text.includes('EACCES')) return 'this port needs more rights; choose one above 1023'
  if (text.includes('EADDRNOTAVAIL')) return 'this machine has no such address; choose one that it has, or 0.0.0.0'
  return text.split('\n')[0] ?? 'for an unknown reason'
}
