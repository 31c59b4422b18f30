import { Emitter } from '../../base/emitter.ts'
import type { Clock } from '../../base/clock.ts'
import { AbortedError, InvalidInputError, messageOf } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import { Mutex } from '../../base/mutex.ts'
import type { Random } from '../../base/random.ts'
import type { DeviceKey } from '../../identity/device-key.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { DialError, NotConnectedError } from '../errors.ts'
import type {
  ConnectedPeer,
  Gate,
  HandleOptions,
  MessageStream,
  Network,
  NetworkEvents,
  ReachReport,
  StreamHandler,
  WaitOptions,
} from '../network.ts'
import { MAX_GOSSIP_BYTES } from '../network.ts'
import { MAX_VIEW } from '../view.ts'
import { MAX_PEERS } from './constants.ts'
import type { Link } from './link.ts'
import { loadLibp2p } from './modules.ts'
import type { PeerAddress } from './peer-address.ts'
import { parsePeerAddress, routeOf } from './peer-address.ts'
import type { RelayMode } from './reach/reach.ts'
import { Session } from './session.ts'

export interface Libp2pNetworkOptions {
  readonly key: DeviceKey
  /** Multiaddrs to listen on; default `/ip4/0.0.0.0/tcp/0`: any port, the same as last time where it is free. */
  readonly listen?: readonly string[]
  /** Multiaddrs to tell others instead of those of this machine's interfaces: a forwarded port, a proxy, a public name. */
  readonly announce?: readonly string[]
  /** Whether to look for members on the LAN, and to be found there. */
  readonly mdns: boolean
  /** Whether to carry connections between members that cannot reach each other; default `auto`. */
  readonly relay?: RelayMode
  /** Whether to try direct connections between peers behind NATs; default true. */
  readonly holePunching?: boolean
  /** Whether to ask members on the internet if they can connect to this peer; default false. */
  readonly probing?: boolean
  /** Whether to have the router forward a port, by UPnP; default false. */
  readonly portMapping?: boolean
  /** The same for all members and for nobody else; mDNS shows a hash of it. */
  readonly swarmTag: string
  readonly gate: Gate
  /** Where addresses are remembered: a started store and the prefix of our keys in it. */
  readonly addressBook: { readonly store: RecordStore; readonly prefix: Uint8Array }
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Others that it is connected to at most, beside those that are relayed; default 12. */
  readonly maxConnections?: number
}

export function createLibp2pNetwork(options: Libp2pNetworkOptions): Network {
  return new Libp2pNetwork(options)
}

const ANY_ADDRESS = ['/ip4/0.0.0.0/tcp/0']
const LISTEN_FORM = /^\/(ip4|ip6|dns[46]?)\/[^/]+\/tcp\/\d{1,5}$/

class Libp2pNetwork implements Network {
  readonly device: DeviceId
  readonly events: Emitter<NetworkEvents>
  readonly #options: Libp2pNetworkOptions
  readonly #handlers = new Map<string, { readonly handler: StreamHandler; readonly options: HandleOptions }>()
  readonly #topics = new Map<string, Set<(data: Uint8Array, from: DeviceId) => void>>()
  /** What was remembered while stopped. */
  readonly #remembered = new Map<string, PeerAddress>()
  /** What was forgotten while stopped. */
  readonly #forgotten = new Set<DeviceId>()
  readonly #lifecycle = new Mutex()
  #session: Session | undefined

  constructor(options: Libp2pNetworkOptions) {
    this.#options = options
    this.device = options.key.device
    this.events = new Emitter((error) => this.#failedListener(error))
  }

  start(): Promise<void> {
    return this.#lifecycle.run(() => this.#start())
  }

  stop(): Promise<void> {
    return this.#lifecycle.run(async () => {
      const session = this.#session
      this.#session = undefined
      await session?.stop()
    })
  }

  addresses(): readonly string[] {
    return this.#session?.addresses ?? []
  }

  peers(): readonly ConnectedPeer[] {
    return this.#session?.links.admitted.map(peerOf) ?? []
  }

  async connect(addresses: readonly string[], options: WaitOptions = {}): Promise<DeviceId> {
    const parsed = this.#parse(addresses)
    if (parsed.length === 0) throw new InvalidInputError('there is no address of another peer to connect to')
    if (options.signal?.aborted === true) throw new AbortedError()
    if (this.#session === undefined) throw new DialError('the network is not started')
    return await this.#session.connect(parsed, options.signal ?? new AbortController().signal)
  }

  remember(addresses: readonly string[]): void {
    const parsed = this.#parse(addresses)
    if (this.#session !== undefined) {
      this.#session.remember(parsed)
      return
    }
    for (const address of parsed) if (this.#remembered.size < MAX_PEERS) this.#remembered.set(address.text, address)
  }

  wake(): void {
    this.#session?.wake()
  }

  disconnect(device: DeviceId, reason: Error): void {
    this.#session?.disconnect(device, reason)
  }

  forget(device: DeviceId): void {
    for (const [text, address] of this.#remembered) if (address.device === device) this.#remembered.delete(text)
    if (this.#session !== undefined) this.#session.forget(device)
    else if (this.#forgotten.size < MAX_PEERS) this.#forgotten.add(device)
  }

  reach(): ReachReport {
    return this.#session?.reach() ?? { ...NOWHERE, mdns: this.#options.mdns }
  }

  async openStream(device: DeviceId, protocol: string, options: WaitOptions = {}): Promise<MessageStream> {
    if (this.#session === undefined) throw new NotConnectedError('the network is not started')
    return await this.#session.openStream(device, protocol, options.signal)
  }

  addressesOf(device: DeviceId): readonly string[] {
    return this.#session?.addressesOf(device) ?? []
  }

  handle(protocol: string, handler: StreamHandler, options: HandleOptions = {}): Disposable {
    if (this.#handlers.has(protocol)) throw new InvalidInputError(`${protocol} is served already`)
    const served = { handler, options }
    this.#handlers.set(protocol, served)
    this.#session?.handle(protocol, handler, options)
    return {
      dispose: () => {
        if (this.#handlers.get(protocol) !== served) return
        this.#handlers.delete(protocol)
        this.#session?.unhandle(protocol)
      },
    }
  }

  async publish(topic: string, data: Uint8Array): Promise<number> {
    if (data.length > MAX_GOSSIP_BYTES) {
      throw new InvalidInputError(`${data.length} bytes are too many for gossip; ${MAX_GOSSIP_BYTES} is the limit`)
    }
    return (await this.#session?.publish(topic, data)) ?? 0
  }

  subscribe(topic: string, listener: (data: Uint8Array, from: DeviceId) => void): Disposable {
    const known = this.#topics.get(topic)
    const listeners = known ?? new Set()
    // A function of its own, so that one listener may subscribe twice.
    const own = (data: Uint8Array, from: DeviceId): void => listener(data, from)
    listeners.add(own)
    if (known === undefined) {
      this.#topics.set(topic, listeners)
      this.#session?.subscribe(topic)
    }
    return {
      dispose: () => {
        if (!listeners.delete(own) || listeners.size > 0) return
        this.#topics.delete(topic)
        this.#session?.unsubscribe(topic)
      },
    }
  }

  async #start(): Promise<void> {
    if (this.#session !== undefined) return
    const { key, mdns, swarmTag, gate, addressBook, clock, random, logger } = this.#options
    const session = await Session.prepare({
      modules: await loadLibp2p(),
      key,
      listen: checked(this.#options.listen ?? ANY_ADDRESS, 'listen on'),
      announce: checked(this.#options.announce ?? [], 'announce'),
      mdns,
      relay: this.#options.relay ?? 'auto',
      holePunching: this.#options.holePunching ?? true,
      probing: this.#options.probing ?? false,
      portMapping: this.#options.portMapping ?? false,
      swarmTag,
      gate,
      store: addressBook.store,
      prefix: addressBook.prefix,
      clock,
      random,
      logger,
      maxConnections: this.#options.maxConnections ?? MAX_VIEW,
      onConnected: ({ device }) => this.events.emit('peer:connected', { device }),
      onDisconnected: ({ device }) => this.events.emit('peer:disconnected', { device }),
      onAddresses: (addresses) => this.events.emit('addresses:changed', { addresses }),
      onGossip: (topic, data, from) => this.#deliver(topic, data, from),
    })
    for (const [protocol, { handler, options }] of this.#handlers) session.handle(protocol, handler, options)
    for (const topic of this.#topics.keys()) session.subscribe(topic)
    for (const device of this.#forgotten) session.forget(device)
    this.#forgotten.clear()
    // Before anybody can connect, so that what is told of connections is true at that moment.
    this.#session = session
    try {
      await session.start()
    } catch (error) {
      this.#session = undefined
      await session.stop()
      throw error
    }
    session.remember([...this.#remembered.values()])
    this.#remembered.clear()
  }

  #parse(addresses: readonly string[]): readonly PeerAddress[] {
    return addresses.map(parsePeerAddress).filter(({ device }) => device !== this.device)
  }

  #deliver(topic: string, data: Uint8Array, from: DeviceId): void {
    for (const listener of this.#topics.get(topic) ?? []) {
      try {
        listener(data, from)
      } catch (error) {
        this.#failedListener(error)
      }
    }
  }

  #failedListener(error: unknown): void {
    this.#options.logger.error({ reason: messageOf(error) }, 'a listener of the network failed')
  }
}

/** The reach of who is stopped. */
const NOWHERE: Omit<ReachReport, 'mdns'> = {
  addresses: [],
  reachability: 'unknown',
  upnp: 'off',
  relays: [],
  relaying: { on: false, members: 0 },
  missing: [],
}

function peerOf(link: Link): ConnectedPeer {
  return {
    device: link.device,
    address: link.address,
    route: routeOf(link.address),
    since: link.since,
    ...(link.roundTrip === undefined ? {} : { roundTrip: link.roundTrip }),
    ...(link.via === undefined ? {} : { via: link.via }),
  }
}

function checked(addresses: readonly string[], purpose: string): readonly string[] {
  for (const address of addresses) {
    if (!LISTEN_FORM.test(address)) {
      throw new InvalidInputError(
        `"${address.slice(0, 120)}" is not an address to ${purpose}, such as /ip4/192.168.1.7/tcp/4001`,
      )
    }
  }
  return addresses
}
