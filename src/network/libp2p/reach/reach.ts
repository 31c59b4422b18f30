import type { Connection, StreamHandler } from '@libp2p/interface'

import type { Clock } from '../../../base/clock.ts'
import type { DeviceId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/log.ts'
import type { ReachReport } from '../../network.ts'
import type { AddressBook } from '../address-book.ts'
import type { Links } from '../links.ts'
import type { Node } from '../node.ts'
import type { OwnReach } from '../own-addresses.ts'
import type { PeerAddress } from '../peer-address.ts'
import { hostOf, isPublic, parsePeerAddress, relayedAddress } from '../peer-address.ts'
import { served } from '../streams.ts'
import { Relay } from './relay.ts'
import { RelayClient } from './relay-client.ts'
import { RELAY_PROTOCOL, RELAYED_PROTOCOL } from './relay-protocol.ts'
import { RelaySupervisor } from './relay-supervisor.ts'

/** `auto`: relays for the others where it can be reached from the internet. */
export type RelayMode = 'auto' | 'on' | 'off'

export interface ReachOptions {
  readonly self: DeviceId
  readonly links: Links
  readonly book: AddressBook
  readonly clock: Clock
  readonly logger: Logger
  readonly relay: RelayMode
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

  constructor(options: ReachOptions) {
    this.#options = options
    const { links, book, clock, logger } = options
    this.#relay = new Relay(links)
    this.#client = new RelayClient(links, () => options.node())
    this.#supervisor = new RelaySupervisor({
      links,
      clock,
      logger,
      isRelay: (device) => book.get(device)?.record?.serves.includes('relay') === true,
      isNeeded: () => !this.#isPublic && !this.#relay.on,
      onChange: () => options.onChange(),
    })
  }

  get handlers(): readonly (readonly [string, StreamHandler])[] {
    const { links, logger } = this.#options
    return [
      [RELAY_PROTOCOL, served(links, logger, RELAY_PROTOCOL, (stream, link) => this.#relay.serve(stream, link))],
      [RELAYED_PROTOCOL, served(links, logger, RELAYED_PROTOCOL, (stream, link) => this.#client.accept(stream, link))],
    ]
  }

  get own(): Omit<OwnReach, 'listening'> {
    return {
      outside: [],
      relayed: this.#supervisor.relays.map((relay) => this.#throughRelay(relay)),
      serves: this.#relay.on ? ['relay'] : [],
    }
  }

  get report(): Pick<ReachReport, 'reachability' | 'upnp' | 'relays' | 'relaying'> {
    return {
      reachability: this.#isPublic ? 'public' : 'unknown',
      upnp: 'off',
      relays: this.#supervisor.relays,
      relaying: { on: this.#relay.on, members: this.#relay.members },
    }
  }

  /** Opens a connection through a relay. */
  open(address: PeerAddress, signal: AbortSignal, reached: () => void): Promise<Connection> {
    return this.#client.dial(address, signal, reached)
  }

  start(): void {
    this.#review()
  }

  stop(): void {
    this.#relay.switch(false)
  }

  tick(): void {
    this.#supervisor.review()
  }

  get #isPublic(): boolean {
    return this.#options.announce.some((address) => isPublic(hostOf(address)))
  }

  #review(): void {
    const { relay } = this.#options
    const on = relay === 'on' || (relay === 'auto' && this.#isPublic)
    if (on === this.#relay.on) return
    this.#relay.switch(on)
    this.#options.onChange()
  }

  /** This peer's address through a relay, with the relay's own, for those who do not know that one. */
  #throughRelay(relay: DeviceId): PeerAddress {
    const { self, book } = this.#options
    const known = book.get(relay)?.record?.addresses.filter(({ via }) => via === undefined) ?? []
    const best = known.find(({ host }) => isPublic(host)) ?? known[0]
    return best === undefined ? relayedAddress(self, relay) : parsePeerAddress(`${best.text}/p2p-circuit/p2p/${self}`)
  }
}
