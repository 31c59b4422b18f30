import type { Clock } from '../../base/clock.ts'
import { every } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import { AbortedError, InvalidInputError, messageOf } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Random } from '../../base/random.ts'
import { pick } from '../../base/random.ts'
import { DialError, NotAdmittedError, NotConnectedError } from '../errors.ts'
import type {
  ConnectedPeer,
  Gate,
  MessageStream,
  Network,
  NetworkEvents,
  ReachReport,
  StreamHandler,
  WaitOptions,
} from '../network.ts'
import { MAX_GOSSIP_BYTES } from '../network.ts'
import { INBOUND_ROOM, MAX_VIEW, ROTATE_MS, View } from '../view.ts'
import type { MemoryAddress } from './address.ts'
import { formatAddress, parseAddress } from './address.ts'
import { AddressBook } from './address-book.ts'
import { MAX_EXCHANGED_ADDRESSES, VIEW_TICK_MS } from './constants.ts'
import type { ConnectionEnd, ConnectionOwner } from './connection.ts'
import type { GossipListener } from './gossip.ts'
import { Gossip } from './gossip.ts'
import { never } from './memory-stream.ts'
import { Redialler } from './redialler.ts'

/** What a network needs of the simulation that it is part of. */
export interface Switchboard {
  /** @throws ListenError where another network runs on the host */
  attach(network: MemoryNetwork): void
  detach(network: MemoryNetwork): void
  /** @throws DialError, NotAdmittedError, AbortedError */
  dial(from: MemoryNetwork, address: MemoryAddress, signal: AbortSignal | undefined): Promise<ConnectionEnd>
}

export interface MemoryNetworkOptions {
  /** Who this is; a DeviceKey will do. */
  readonly key: { readonly device: DeviceId }
  /** Default: everybody is let in. */
  readonly gate?: Gate
  /** The machine's own clock, which may be off; default the simulation's. */
  readonly clock?: Clock
}

interface Failure {
  readonly reason: string
  /** Wall time. */
  readonly at: number
}

interface Peer {
  readonly since: number
  readonly ends: ConnectionEnd[]
}

/** What the simulation gives to each network. */
interface Surroundings {
  readonly clock: Clock
  readonly random: Random
  readonly exchange: boolean
  /** Whether the number of connections is bounded, as on real networks. */
  readonly view: boolean
}

/** One process's network on a simulated host. Made by `SimulatedHost.network`. */
export class MemoryNetwork implements Network, ConnectionOwner {
  readonly device: DeviceId
  readonly host: string
  readonly gate: Gate | undefined
  readonly events = new Emitter<NetworkEvents>()
  readonly gossip: Gossip
  readonly #switchboard: Switchboard
  readonly #clock: Clock
  readonly #random: Random
  readonly #exchange: boolean
  readonly #handlers = new Map<string, StreamHandler>()
  readonly #peers = new Map<DeviceId, Peer>()
  readonly #book = new AddressBook()
  /** Why the latest dial of each failed. */
  readonly #failures = new WeakMap<MemoryAddress, Failure>()
  readonly #redialler: Redialler
  readonly #view: View<ConnectionEnd> | undefined
  #viewTimer: Disposable | undefined
  #state: 'stopped' | 'running' | 'killed' = 'stopped'

  constructor(switchboard: Switchboard, host: string, options: MemoryNetworkOptions & Surroundings) {
    this.device = options.key.device
    this.host = host
    this.gate = options.gate
    this.#switchboard = switchboard
    this.#clock = options.clock
    this.#random = options.random
    this.#exchange = options.exchange
    this.gossip = new Gossip(options.clock, options.random)
    this.#redialler = new Redialler({
      clock: options.clock,
      random: options.random,
      isConnected: (device) => this.#peers.has(device),
      dial: (device) => this.#dialAny(this.#book.of(device), undefined),
      isFull: (dialling) => this.#view !== undefined && this.#peers.size + dialling / 2 > this.#view.size.least,
    })
    this.#view = options.view ? this.#makeView() : undefined
  }

  get killed(): boolean {
    return this.#state === 'killed'
  }

  /** Whether it takes no more connections. */
  get isFull(): boolean {
    return this.#view !== undefined && this.#peers.size >= MAX_VIEW * INBOUND_ROOM
  }

  get running(): boolean {
    return this.#state === 'running'
  }

  async start(): Promise<void> {
    if (this.#state === 'killed') await never()
    if (this.#state === 'running') return
    this.#switchboard.attach(this)
    this.#state = 'running'
    this.#redialler.start()
    this.#viewTimer = this.#view === undefined ? undefined : every(this.#clock, VIEW_TICK_MS, () => this.#view?.tick())
    for (const device of this.#book.devices) this.#redialler.want(device)
    this.events.emit('addresses:changed', { addresses: this.addresses() })
  }

  async stop(): Promise<void> {
    if (this.#state === 'killed') await never()
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.#redialler.stop()
    this.#viewTimer?.dispose()
    this.#switchboard.detach(this)
  }

  /** The process was killed: nothing that waits on this network ever goes on, and no event comes any more. */
  kill(): void {
    this.#state = 'killed'
    this.#redialler.stop()
    this.#viewTimer?.dispose()
    this.#handlers.clear()
  }

  addresses(): readonly string[] {
    return this.#state === 'running' ? [formatAddress(this.host, this.device)] : []
  }

  peers(): readonly ConnectedPeer[] {
    return [...this.#peers].flatMap(([device, { since, ends }]) => {
      const [end] = ends
      if (end === undefined) return []
      const roundTrip = 2 * end.wire.link.quality.delay
      return [{ device, address: formatAddress(end.remoteHost, device), route: 'lan' as const, since, roundTrip }]
    })
  }

  async connect(addresses: readonly string[], options: WaitOptions = {}): Promise<DeviceId> {
    if (this.#state === 'killed') await never()
    const parsed = addresses.map(parseAddress)
    if (options.signal?.aborted === true) throw new AbortedError()
    if (this.#state !== 'running') throw new DialError('this machine is not on the network yet; start it first')
    const connected = parsed.find(({ device }) => this.#peers.has(device))?.device
    const device = connected ?? (await this.#dialAny(parsed, options.signal))
    this.#remember(parsed)
    return device
  }

  remember(addresses: readonly string[]): void {
    this.#remember(addresses.map(parseAddress))
  }

  wake(): void {
    if (this.#state === 'running') this.#redialler.hurry()
  }

  disconnect(device: DeviceId, reason: Error): void {
    for (const end of [...(this.#peers.get(device)?.ends ?? [])]) end.close(reason)
  }

  forget(device: DeviceId): void {
    this.#book.forget(device)
    this.#redialler.found(device)
  }

  reach(): ReachReport {
    const missing = this.#book.devices.filter((device) => !this.#peers.has(device))
    return {
      addresses: this.addresses(),
      reachability: 'unknown',
      upnp: 'off',
      mdns: false,
      relays: [],
      relaying: { on: false, members: 0 },
      missing:
        this.#state !== 'running'
          ? []
          : missing.map((device) => ({
              device,
              ...this.#redialler.attempts(device),
              failures: this.#book.of(device).flatMap((address) => {
                const failure = this.#failures.get(address)
                return failure === undefined ? [] : { address: address.text, ...failure }
              }),
            })),
    }
  }

  async openStream(device: DeviceId, protocol: string, options: WaitOptions = {}): Promise<MessageStream> {
    if (this.#state === 'killed') await never()
    if (options.signal?.aborted === true) throw new AbortedError()
    const ends = this.#peers.get(device)?.ends ?? []
    if (ends.length === 0) throw new NotConnectedError(`${device} is not connected`)
    const end = pick(this.#random, ends)
    return await end.openStream(protocol, options.signal)
  }

  addressesOf(device: DeviceId): readonly string[] {
    return this.#book.of(device).map(({ text }) => text)
  }

  handle(protocol: string, handler: StreamHandler): Disposable {
    this.#handlers.set(protocol, handler)
    return {
      dispose: () => {
        if (this.#handlers.get(protocol) === handler) this.#handlers.delete(protocol)
      },
    }
  }

  async publish(topic: string, data: Uint8Array): Promise<number> {
    if (this.#state === 'killed') await never()
    if (data.length > MAX_GOSSIP_BYTES) {
      throw new InvalidInputError(`gossip of ${data.length} bytes is above the limit of ${MAX_GOSSIP_BYTES}`)
    }
    return this.#state === 'running' ? this.gossip.publish(topic, data) : 0
  }

  subscribe(topic: string, listener: GossipListener): Disposable {
    return this.gossip.subscribe(topic, listener)
  }

  handlerOf(protocol: string): StreamHandler | undefined {
    return this.#handlers.get(protocol)
  }

  connectionOpened(end: ConnectionEnd): void {
    // As identify does it: who was dialled knows where the dialler is found, too.
    this.#book.add(addressOf(end))
    this.#redialler.found(end.device)
    const peer = this.#peers.get(end.device)
    if (peer === undefined) this.#peers.set(end.device, { since: this.#clock.now(), ends: [end] })
    else peer.ends.push(end)
    this.gossip.connected(end)
    if (this.#exchange) this.#tellOthers(end)
    if (peer === undefined) this.events.emit('peer:connected', { device: end.device })
  }

  connectionClosed(end: ConnectionEnd, wasOpen: boolean): void {
    if (!wasOpen) return
    this.gossip.disconnected(end)
    const peer = this.#peers.get(end.device)
    if (peer === undefined) return
    peer.ends.splice(peer.ends.indexOf(end), 1)
    if (peer.ends.length > 0) return
    this.#peers.delete(end.device)
    if (this.#book.of(end.device).length > 0) this.#redialler.want(end.device, end.parting ? ROTATE_MS : 0)
    this.events.emit('peer:disconnected', { device: end.device })
  }

  addressesHeard(addresses: readonly MemoryAddress[]): void {
    for (const address of addresses) {
      if (address.device !== this.device && this.#book.hear(address)) this.#redialler.want(address.device)
    }
  }

  #makeView(): View<ConnectionEnd> {
    return new View({
      clock: this.#clock,
      random: this.#random,
      known: () => this.#book.devices.length,
      links: () =>
        [...this.#peers.values()].flatMap(({ since, ends }) =>
          ends.slice(0, 1).map((link) => ({ link, age: this.#clock.now() - since })),
        ),
      giveUp: (end) => end.part(),
      dialAnother: () => this.#redialler.dialAnother(),
    })
  }

  #remember(addresses: readonly MemoryAddress[]): void {
    for (const address of addresses) {
      if (address.device === this.device) continue
      this.#book.add(address)
      this.#redialler.want(address.device)
    }
  }

  /** A newcomer hears of those who are here, and then dials them. */
  #tellOthers(end: ConnectionEnd): void {
    const news = [...this.#peers].flatMap(([device, { ends }]) => {
      const [other] = ends
      return other === undefined || device === end.device ? [] : [addressOf(other)]
    })
    if (news.length === 0) return
    const told = news.slice(-MAX_EXCHANGED_ADDRESSES)
    end.tell(told.length * 80, (remote) => remote.owner.addressesHeard(told))
  }

  async #dialAny(addresses: readonly MemoryAddress[], signal: AbortSignal | undefined): Promise<DeviceId> {
    const tried: string[] = []
    let refused: NotAdmittedError | undefined
    for (const address of addresses) {
      try {
        const end = await this.#switchboard.dial(this, address, signal)
        return end.device
      } catch (error) {
        if (error instanceof AbortedError) throw error
        if (error instanceof NotAdmittedError) refused = error
        tried.push(`${address.text}: ${messageOf(error)}`)
        this.#failures.set(address, { reason: messageOf(error), at: this.#clock.now() })
      }
    }
    if (refused !== undefined) throw refused
    throw new DialError(
      tried.length === 0 ? 'there is no address to dial' : `could not connect; tried ${tried.join('; ')}`,
    )
  }
}

/** Where the peer at the other end is found. */
function addressOf({ remoteHost, device }: ConnectionEnd): MemoryAddress {
  return { text: formatAddress(remoteHost, device), host: remoteHost, device }
}
