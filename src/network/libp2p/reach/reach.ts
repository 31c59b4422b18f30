import type { Connection, StreamHandler } from '@libp2p/interface'

import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { DeviceId } from '../../../base/ids.ts'
import type { Disposable } from '../../../base/lifecycle.ts'
import type { Logger } from '../../../base/log.ts'
import type { Random } from '../../../base/random.ts'
import type { ReachReport } from '../../network.ts'
import type { AddressBook } from '../address-book.ts'
import type { Dialler } from '../dialler.ts'
import type { Links } from '../links.ts'
import type { Node } from '../node.ts'
import type { OwnReach } from '../own-addresses.ts'
import type { PeerAddress } from '../peer-address.ts'
import { hostOf, isPublic, isPunch, parsePeerAddress, relayedAddress } from '../peer-address.ts'
import { served } from '../streams.ts'
import { PortMapping } from './port-mapping.ts'
import { PROBE_PROTOCOL } from './probe-protocol.ts'
import { PUNCH_PROTOCOL } from './punch-protocol.ts'
import { Puncher } from './puncher.ts'
import { Reachability } from './reachability.ts'
import { MAX_RESERVATIONS, Relay } from './relay.ts'
import { RelayClient } from './relay-client.ts'
import { RELAY_PROTOCOL, RELAYED_PROTOCOL } from './relay-protocol.ts'
import { RelaySupervisor } from './relay-supervisor.ts'
import { Straightener } from './straightener.ts'
import { startStunResponder } from './stun-responder.ts'
import { stunServers } from './stun-servers.ts'

/** `auto`: relays for the others where it can be reached from the internet. */
export type RelayMode = 'auto' | 'on' | 'off'

export interface ReachOptions {
  readonly self: DeviceId
  readonly links: Links
  readonly dialler: Dialler
  readonly book: AddressBook
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly relay: RelayMode
  readonly holePunching: boolean
  /** Whether to ask members on the internet if they can connect to this peer. */
  readonly probing: boolean
  /** Whether to have the router forward a port. */
  readonly portMapping: boolean
  /** What a person says of where this peer is reached. */
  readonly announce: readonly string[]
  node(): Node
  /** This peer is reached otherwise now. */
  onChange(): void
}

/** How this peer is reached by those who cannot connect to it directly, and reaches them. */
export class Reach {
  readonly #options: ReachOptions
  readonly #relay: Relay
  readonly #client: RelayClient
  readonly #supervisor: RelaySupervisor
  readonly #puncher: Puncher
  readonly #straightener: Straightener
  readonly #reachability: Reachability
  readonly #mapping: PortMapping
  #stun: Disposable | undefined
  readonly #over = new AbortController()

  constructor(options: ReachOptions) {
    this.#options = options
    const { links, book, clock, random, logger, self, dialler, holePunching } = options
    this.#relay = new Relay(links)
    this.#client = new RelayClient(links, () => options.node())
    this.#puncher = new Puncher({
      links,
      clock,
      logger,
      enabled: holePunching,
      node: () => options.node(),
      stunServers: () =>
        stunServers(
          book.devices.flatMap((device) => book.get(device)?.record ?? []),
          (device) => links.admitted.some((link) => link.device === device && link.via === undefined),
        ),
    })
    this.#supervisor = new RelaySupervisor({
      links,
      clock,
      logger,
      knownRelays: () => book.devices.filter((device) => book.get(device)?.record?.serves.includes('relay')),
      seek: (device) => {
        dialler.dial(device, book.candidates(device), this.#over.signal).catch(() => undefined)
      },
      isNeeded: () => !this.#isPublic && !this.#relay.on,
      onChange: () => options.onChange(),
    })
    this.#straightener = new Straightener({ self, links, book, dialler, holePunching, clock, logger })
    this.#mapping = new PortMapping({
      enabled: options.portMapping,
      clock,
      logger,
      port: () => this.#port,
      onChange: () => this.#reachability.reconsider(),
    })
    this.#reachability = new Reachability({
      self,
      links,
      clock,
      random,
      logger,
      enabled: options.probing,
      ports: () => [...new Set([this.#port, ...this.#mapping.ports])].filter((port) => port > 0),
      onChange: () => {
        this.#review()
        options.onChange()
      },
    })
  }

  get handlers(): readonly (readonly [string, StreamHandler])[] {
    const { links, logger } = this.#options
    return [
      [RELAY_PROTOCOL, served(links, logger, RELAY_PROTOCOL, (stream, link) => this.#relay.serve(stream, link))],
      [
        PROBE_PROTOCOL,
        served(links, logger, PROBE_PROTOCOL, (stream, link) => this.#reachability.answer(stream, link)),
      ],
      [PUNCH_PROTOCOL, served(links, logger, PUNCH_PROTOCOL, (stream, link) => this.#puncher.answer(stream, link))],
      [RELAYED_PROTOCOL, served(links, logger, RELAYED_PROTOCOL, (stream, link) => this.#client.accept(stream, link))],
    ]
  }

  get own(): Omit<OwnReach, 'listening'> {
    return {
      outside: this.#reachability.addresses,
      relayed: this.#supervisor.relays.map((relay) => this.#throughRelay(relay)),
      serves: [...(this.#relay.on ? ['relay' as const] : []), ...(this.#stun === undefined ? [] : ['stun' as const])],
    }
  }

  /** Whether the link to a device carries more than its own: as a relay's, or of a member that is relayed. */
  isNeeded(device: DeviceId): boolean {
    return this.#supervisor.relays.includes(device) || this.#relay.serves(device)
  }

  /** Members that may connect here beyond the usual, to be relayed. */
  get room(): number {
    return this.#relay.on ? MAX_RESERVATIONS : 0
  }

  get report(): Pick<ReachReport, 'reachability' | 'upnp' | 'relays' | 'relaying'> {
    return {
      reachability: this.#isPublic ? 'public' : this.#reachability.state,
      upnp: this.#mapping.state,
      relays: this.#supervisor.relays,
      relaying: { on: this.#relay.on, members: this.#relay.members },
    }
  }

  /** Opens a connection through a relay, or with the help of one. */
  open(address: PeerAddress, signal: AbortSignal, reached: () => void): Promise<Connection> {
    if (isPunch(address)) {
      // It has a time limit of its own.
      reached()
      return this.#puncher.punch(address.device, signal)
    }
    return this.#client.dial(address, signal, reached)
  }

  start(): void {
    this.#review()
  }

  stop(): void {
    this.#over.abort()
    this.#straightener.stop()
    this.#mapping.stop()
    this.#relay.switch(false)
    this.#stun?.dispose()
    this.#stun = undefined
  }

  tick(): void {
    this.#supervisor.review()
    this.#straightener.tick()
    this.#mapping.tick()
    this.#reachability.tick()
  }

  /** The machine woke up, or its network changed. */
  wake(): void {
    this.#straightener.wake()
    this.#mapping.reconsider()
    this.#reachability.reconsider()
  }

  get #isPublic(): boolean {
    const isAnnounced = this.#options.announce.some((address) => isPublic(hostOf(address)))
    return isAnnounced || this.#reachability.state === 'public'
  }

  #review(): void {
    const { relay } = this.#options
    const on = relay === 'on' || (relay === 'auto' && this.#isPublic)
    if (on === this.#relay.on) return
    this.#relay.switch(on)
    this.#options.onChange()
    if (on) void this.#answerStun()
    else this.#stun?.dispose()
  }

  /** Where libp2p listens; 0 for nowhere. */
  get #port(): number {
    return Number(/\/tcp\/(\d+)/.exec(this.#options.node().listening()[0] ?? '')?.[1] ?? 0)
  }

  /** At the port of the TCP addresses, which are known to the others. */
  async #answerStun(): Promise<void> {
    const { clock, logger } = this.#options
    const port = this.#port
    if (port === 0) return
    try {
      const stun = await startStunResponder(port, clock)
      if (this.#over.signal.aborted || !this.#relay.on) {
        stun.dispose()
        return
      }
      this.#stun = stun
      this.#options.onChange()
    } catch (error) {
      logger.info({ port, reason: messageOf(error) }, 'the UDP port is taken: others help with hole punching')
    }
  }

  /** This peer's address through a relay, with the relay's own, for those who do not know that one. */
  #throughRelay(relay: DeviceId): PeerAddress {
    const { self, book } = this.#options
    const known = book.get(relay)?.record?.addresses.filter(({ via }) => via === undefined) ?? []
    const best = known.find(({ host }) => isPublic(host)) ?? known[0]
    return best === undefined ? relayedAddress(self, relay) : parsePeerAddress(`${best.text}/p2p-circuit/p2p/${self}`)
  }
}
