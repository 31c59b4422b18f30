import type { StreamHandler as Libp2pStreamHandler } from '@libp2p/interface'

import { every } from '../../base/clock.ts'
import type { Clock } from '../../base/clock.ts'
import type { DeviceId } from '../../base/ids.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import type { DeviceKey } from '../../identity/device-key.ts'
import { verifySignature } from '../../identity/device-key.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { DialError, NotConnectedError } from '../errors.ts'
import type { Gate, HandleOptions, MessageStream, ReachReport, StreamHandler } from '../network.ts'
import { INBOUND_ROOM, View } from '../view.ts'
import { AddressBook } from './address-book.ts'
import { AddressExchange } from './address-exchange.ts'
import type { OwnAddresses } from './address-store.ts'
import { AddressStore } from './address-store.ts'
import { ADDRESSES_PROTOCOL, ALIVE_PROTOCOL, GATE_PROTOCOL, INTERFACES_MS, STOP_TIMEOUT_MS } from './constants.ts'
import { Dialler } from './dialler.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { Gossip } from './gossip.ts'
import type { Link } from './link.ts'
import { runOnEveryLink } from './link-protocols.ts'
import { Links } from './links.ts'
import { listenChoices } from './listen-choices.ts'
import { Liveness } from './liveness.ts'
import type { Libp2pModules } from './modules.ts'
import type { Node } from './node.ts'
import { startNode } from './node.ts'
import type { OwnReach } from './own-addresses.ts'
import { OwnRecord } from './own-addresses.ts'
import type { PeerAddress } from './peer-address.ts'
import type { RelayMode } from './reach/reach.ts'
import { Reach } from './reach/reach.ts'
import { Redialler } from './redialler.ts'
import { joined, withRelay } from './several-peers.ts'
import { openOver, served } from './streams.ts'
import type { Tick } from './ticker.ts'
import { startTicker } from './ticker.ts'

export interface SessionOptions {
  readonly modules: Libp2pModules
  readonly key: DeviceKey
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly mdns: boolean
  readonly relay: RelayMode
  readonly holePunching: boolean
  readonly probing: boolean
  readonly portMapping: boolean
  readonly swarmTag: string
  readonly gate: Gate
  readonly store: RecordStore
  readonly prefix: Uint8Array
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly maxConnections: number
  onConnected(link: Link): void
  onDisconnected(link: Link): void
  onAddresses(addresses: readonly string[]): void
  onGossip(topic: string, data: Uint8Array, from: DeviceId): void
}

/** All that lives from one start of the network to its stop. */
export class Session {
  readonly #options: SessionOptions
  readonly #disposables = new DisposableStore()
  readonly #links: Links
  readonly #gossip: Gossip
  readonly #book: AddressBook
  readonly #saved: AddressStore
  readonly #redialler: Redialler
  readonly #exchange: AddressExchange
  readonly #liveness: Liveness
  readonly #reach: Reach
  readonly #view: View<Link>
  readonly #gatekeeper: Gatekeeper
  readonly #own: OwnRecord
  readonly #lastPort: number
  /** By protocol, our own ones and those of the layers above. */
  readonly #handlers = new Map<string, { readonly handler: Libp2pStreamHandler; readonly options: HandleOptions }>()
  #node: Node | undefined

  /** Reads what is remembered; nothing is opened yet. */
  static async prepare(options: SessionOptions): Promise<Session> {
    const { store, prefix, clock, logger } = options
    const saved = new AddressStore({ store, prefix, clock, logger, verify: verifySignature })
    const { peers, own } = await saved.load()
    const session = new Session(options, saved, own)
    for (const peer of peers) session.#book.restore(peer)
    return session
  }

  private constructor(options: SessionOptions, saved: AddressStore, remembered: OwnAddresses) {
    this.#options = options
    this.#saved = saved
    this.#lastPort = remembered.port
    const { key, clock, random, logger, maxConnections } = options
    const self = key.device
    this.#gatekeeper = new Gatekeeper(options.gate, clock)
    this.#links = new Links({
      device: self,
      gatekeeper: this.#gatekeeper,
      clock,
      logger,
      room: () => maxConnections * INBOUND_ROOM + this.#reach.room,
      isKnown: (device) => (this.#book.get(device)?.seenAt ?? 0) > 0,
    })
    const links = this.#links
    this.#book = new AddressBook({
      self,
      isConnected: (device) => links.linkTo(device) !== undefined,
      onChange: (device) => saved.save(device, () => this.#book.get(device)),
    })
    const book = this.#book
    this.#own = new OwnRecord({ key, clock, sequence: remembered.sequence, onChange: (own) => saved.saveOwn(own) })
    links.events.on('admitted', (link) => book.seen(link.device, clock.now()))
    links.events.on('closed', (link) => book.left(link.device, clock.now()))
    this.#gossip = new Gossip({
      modules: options.modules,
      links,
      clock,
      logger,
      onMessage: (topic, data, from) => options.onGossip(topic, data, from),
    })
    this.#exchange = new AddressExchange({
      links,
      book,
      clock,
      self,
      verify: verifySignature,
      own: () => this.#own.record,
      outrun: (sequence) => this.#outrun(sequence),
      news: (device) => this.#redialler.news(device),
    })
    const dialler = new Dialler({
      links,
      clock,
      open: (address, signal, reached) =>
        (address.via === undefined ? this.#running() : this.#reach).open(address, signal, reached),
      onReached: (address) => book.reached(address, clock.now()),
      onFailed: (address, reason) => book.failed(address, reason, clock.now()),
    })
    this.#redialler = new Redialler({
      self,
      links,
      book,
      dialler,
      clock,
      random,
      logger,
      sought: () => this.#view.size.least,
      isSeenByOthers: (device) => this.#exchange.isSeenByOthers(device),
    })
    this.#view = new View({
      clock,
      random,
      most: maxConnections,
      known: () => book.devices.length,
      links: () => this.#linksInView(),
      giveUp: (link) => {
        this.#exchange.part(link)
        links.giveUp(link)
      },
      dialAnother: () => this.#redialler.dialAnother(),
    })
    this.#liveness = new Liveness({ links, clock, logger })
    this.#reach = new Reach({
      self,
      links,
      book,
      dialler,
      clock,
      random,
      logger,
      relay: options.relay,
      holePunching: options.holePunching,
      probing: options.probing,
      portMapping: options.portMapping,
      announce: options.announce,
      node: () => this.#running(),
      onChange: () => this.#lookAtOwnAddresses(),
    })
    const own: readonly (readonly [string, Libp2pStreamHandler])[] = [
      ...this.#reach.handlers,
      [GATE_PROTOCOL, this.#gatekeeper.handler],
      [
        ALIVE_PROTOCOL,
        runOnEveryLink(links, logger, ALIVE_PROTOCOL, (link, stream) => this.#liveness.run(link, stream)),
      ],
      [
        ADDRESSES_PROTOCOL,
        runOnEveryLink(links, logger, ADDRESSES_PROTOCOL, (link, stream) => this.#exchange.run(link, stream)),
      ],
    ]
    for (const [protocol, handler] of own) this.#handlers.set(protocol, { handler, options: {} })
    links.events.on('admitted', (link) => options.onConnected(link))
    links.events.on('closed', (link) => options.onDisconnected(link))
  }

  get links(): Links {
    return this.#links
  }

  get addresses(): readonly string[] {
    return this.#own.addresses
  }

  async stop(): Promise<void> {
    this.#disposables.dispose()
    this.#redialler.stop()
    this.#reach.stop()
    this.#links.stop()
    const { clock } = this.#options
    // What hangs is cut off by libp2p itself soon after; nobody waits for that.
    await Promise.race([this.#node?.stop(), new Promise<void>((resolve) => clock.after(STOP_TIMEOUT_MS, resolve))])
    await this.#saved.flush()
  }

  /** @throws DialError, NotAdmittedError, AbortedError */
  async connect(addresses: readonly PeerAddress[], signal: AbortSignal): Promise<DeviceId> {
    const all = addresses.flatMap(withRelay)
    this.#book.give(all, this.#options.clock.now())
    const devices = [...new Set(all.map(({ device }) => device))]
    const connected = devices.find((device) => this.#links.linkTo(device) !== undefined)
    if (connected !== undefined) return connected
    try {
      const link = await Promise.any(devices.map((device) => this.#redialler.dialNow(device, signal)))
      return link.device
    } catch (error) {
      throw error instanceof AggregateError ? joined(error.errors) : error
    }
  }

  remember(addresses: readonly PeerAddress[]): void {
    const all = addresses.flatMap(withRelay)
    this.#book.give(all, this.#options.clock.now())
    for (const { device } of all) this.#redialler.news(device)
  }

  wake(): void {
    this.#lookAtOwnAddresses()
    this.#redialler.wake()
    this.#reach.wake()
  }

  disconnect(device: DeviceId, reason: Error): void {
    const link = this.#links.linkTo(device)
    if (link !== undefined) this.#links.drop(link, reason)
  }

  forget(device: DeviceId): void {
    this.#book.forget(device)
    this.#redialler.forget(device)
  }

  reach(): ReachReport {
    return {
      addresses: this.addresses,
      ...this.#reach.report,
      mdns: this.#options.mdns,
      missing: this.#redialler.missing,
    }
  }

  /** @throws NotConnectedError, StreamClosedError, AbortedError */
  async openStream(device: DeviceId, protocol: string, signal?: AbortSignal): Promise<MessageStream> {
    const link = this.#links.linkTo(device)
    if (link === undefined) throw new NotConnectedError(`${device} is not connected`)
    return await openOver(this.#links, link, protocol, signal)
  }

  addressesOf(device: DeviceId): readonly string[] {
    return this.#book.candidates(device).map(({ text }) => text)
  }

  handle(protocol: string, handler: StreamHandler, options: HandleOptions): void {
    const guardedHandler = served(this.#links, this.#options.logger, protocol, (stream) => handler(stream))
    this.#handlers.set(protocol, { handler: guardedHandler, options })
    this.#node?.handle(protocol, guardedHandler, options)
  }

  unhandle(protocol: string): void {
    this.#handlers.delete(protocol)
    this.#node?.unhandle(protocol)
  }

  subscribe(topic: string): void {
    this.#gossip.subscribe(topic)
  }

  unsubscribe(topic: string): void {
    this.#gossip.unsubscribe(topic)
  }

  publish(topic: string, data: Uint8Array): Promise<number> {
    return this.#gossip.publish(topic, data)
  }

  /** Listens, and begins to dial. @throws ListenError */
  async start(): Promise<void> {
    const { clock, listen } = this.#options
    const choices = listenChoices(listen, this.#lastPort)
    for (const [at, choice] of choices.entries()) {
      try {
        await this.#listenOn(choice)
        break
      } catch (error) {
        if (at === choices.length - 1) throw error
      }
    }
    this.#disposables.add(startTicker(clock, (tick) => this.#tick(tick)))
    this.#disposables.add(every(clock, INTERFACES_MS, () => this.#lookAtOwnAddresses()))
    this.#redialler.start()
  }

  #running(): Node {
    if (this.#node === undefined) throw new DialError('the network is not started')
    return this.#node
  }

  async #listenOn(listen: readonly string[]): Promise<void> {
    const { modules, key, announce, maxConnections, mdns, swarmTag } = this.#options
    const links = this.#links
    const node = await startNode({
      modules,
      key,
      listen,
      announce,
      maxConnections,
      gater: links.gater,
      admission: links,
      gossip: this.#gossip,
      discovery: mdns ? { swarmTag, onFound: (device, addresses) => this.#onFound(device, addresses) } : undefined,
      prepare: (node) => {
        this.#node = node
        for (const [protocol, { handler, options }] of this.#handlers) node.handle(protocol, handler, options)
      },
      onOpen: (connection) => links.opened(connection),
      onClose: (connection) => links.closed(connection),
    })
    this.#gossip.started()
    this.#own.update(this.#ownReach(node))
    this.#reach.start()
  }

  #onFound(device: DeviceId, addresses: readonly PeerAddress[]): void {
    const isNew = this.#book.find(device, addresses, this.#options.clock.now())
    if (isNew) this.#redialler.news(device)
  }

  /** Links to relays, and to members that are relayed, count beside it. */
  #linksInView(): readonly { readonly link: Link; readonly age: number }[] {
    const now = this.#options.clock.monotonic()
    const inView = this.#links.admitted.filter((link) => !link.parting && !this.#reach.isNeeded(link.device))
    return inView.map((link) => ({ link, age: now - link.openedAt }))
  }

  #tick(tick: Tick): void {
    this.#liveness.tick(tick)
    this.#gossip.tick()
    this.#reach.tick()
    this.#view.tick()
    if (tick === 'slept') this.wake()
  }

  #lookAtOwnAddresses(): void {
    if (this.#node === undefined) return
    const listened = this.#own.listening.join()
    if (!this.#own.update(this.#ownReach(this.#node))) return
    this.#exchange.ownChanged()
    this.#options.onAddresses(this.#own.addresses)
    // Another network: who was out of reach may be near now.
    if (listened === this.#own.listening.join()) return
    this.#redialler.wake()
    this.#reach.wake()
  }

  #ownReach(node: Node): OwnReach {
    return { ...this.#reach.own, listening: node.addresses() }
  }

  #outrun(sequence: number): void {
    this.#own.outrun(sequence)
    this.#exchange.ownChanged()
  }
}
