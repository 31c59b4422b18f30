import type { GossipSub, GossipSubComponents, GossipsubMessage } from '@chainsafe/libp2p-gossipsub'
import type { Connection, Stream, Topology } from '@libp2p/interface'

import { concatBytes, utf8 } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { messageOf, TimeoutError } from '../../base/errors.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId } from '../../base/ids.ts'
import { parseDeviceId } from '../../base/ids.ts'
import type { Logger } from '../../base/log.ts'
import { Allowance } from '../allowance.ts'
import { GOSSIP_PER_SECOND, MAX_FLOOD_BYTES, MAX_GOSSIP_BUFFER_BYTES, MAX_GOSSIP_BURST } from './constants.ts'
import { guardedRegistrar } from './guard.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
import type { Libp2pModules } from './modules.ts'

/** What one neighbour says at once. */
interface Rpc {
  readonly subscriptions?: readonly unknown[]
  readonly messages?: readonly unknown[]
}

/**
 * What is used of gossipsub beyond its published interface: its table of streams, to see which are dead, and where
 * everything passes that a neighbour says, to hear no more of it than can be borne.
 */
interface GossipInternals extends Omit<GossipSub, 'publish'> {
  readonly peers: ReadonlyMap<string, unknown>
  readonly streamsOutbound: ReadonlyMap<string, unknown>
  handleReceivedRpc(from: { toString(): string }, rpc: Rpc): Promise<void>
  publish(
    topic: string,
    data: Uint8Array,
    options: { readonly floodPublish: boolean; readonly batchPublish: boolean },
  ): Promise<{ readonly recipients: readonly unknown[] }>
}

export interface GossipOptions {
  readonly modules: Libp2pModules
  readonly links: Links
  readonly clock: Clock
  readonly logger: Logger
  onMessage(topic: string, data: Uint8Array, from: DeviceId): void
}

/** A neighbour whose gossip stream cannot be opened so many times in a row gets a new connection. */
const MAX_STREAM_FAILURES = 4
const OPEN_TIMEOUT_MS = 5000
/** Below this a message that a neighbour has already is cheaper sent again than announced. */
const IDONTWANT_BYTES = 16_384
const MESSAGE_ID_BYTES = 20

interface Neighbour {
  readonly link: Link
  opening: boolean
  failures: number
  attached: boolean
  readonly allowance: Allowance
  inbound: Stream | undefined
}

/**
 * Gossipsub among admitted neighbours. It never learns of a peer before the gate; its outbound streams are opened here,
 * in parallel and without waiting for identify, and opened again when they die: by itself gossipsub would leave such a
 * neighbour mute for as long as the connection stands.
 */
export class Gossip {
  readonly #options: GossipOptions
  readonly #topologies = new Map<string, Topology>()
  readonly #neighbours = new Map<DeviceId, Neighbour>()
  readonly #topics = new Set<string>()
  #isStarted = false
  #gossipsub: GossipInternals | undefined

  constructor(options: GossipOptions) {
    this.#options = options
    options.links.events.on('admitted', (link) => this.#attach(link))
    options.links.events.on('closed', (link) => this.#detach(link))
  }

  /** The libp2p service. */
  readonly service = (components: GossipSubComponents): GossipSub => {
    const { modules } = this.#options
    const create = modules.gossipsub({
      globalSignaturePolicy: 'StrictNoSign',
      msgIdFn: (message) => sha256(concatBytes(utf8(`${message.topic}\0`), message.data)).subarray(0, MESSAGE_ID_BYTES),
      fallbackToFloodsub: false,
      emitSelf: false,
      doPX: false,
      tagMeshPeers: false,
      allowPublishToZeroTopicPeers: true,
      ignoreDuplicatePublishError: true,
      idontwantMinDataSize: IDONTWANT_BYTES,
      maxOutboundBufferSize: MAX_GOSSIP_BUFFER_BYTES,
      maxInboundDataLength: MAX_GOSSIP_BUFFER_BYTES,
      // Neighbours are members: many behind one address are an office, and who was busy or asleep is no attacker.
      scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
    })
    const gossipsub = create({
      privateKey: components.privateKey,
      peerId: components.peerId,
      peerStore: components.peerStore,
      connectionManager: components.connectionManager,
      logger: components.logger,
      registrar: this.#registrar(components),
    })
    this.#gossipsub = gossipsub as unknown as GossipInternals
    this.#limit(this.#gossipsub)
    gossipsub.addEventListener('gossipsub:message', (event) => this.#onMessage(event.detail))
    return gossipsub
  }

  /** Gossipsub itself would remember and pass on whatever comes. */
  #limit(gossipsub: GossipInternals): void {
    const handle = gossipsub.handleReceivedRpc.bind(gossipsub)
    gossipsub.handleReceivedRpc = async (from, rpc) => {
      const neighbour = this.#neighbours.get(parseDeviceId(from.toString()))
      const count = 1 + (rpc.messages?.length ?? 0) + (rpc.subscriptions?.length ?? 0)
      if (neighbour?.allowance.take(count) === true) await handle(from, rpc)
    }
  }

  /** Works before the start as well. */
  subscribe(topic: string): void {
    this.#topics.add(topic)
    if (this.#isStarted) this.#gossipsub?.subscribe(topic)
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic)
    if (this.#isStarted) this.#gossipsub?.unsubscribe(topic)
  }

  /** Called when libp2p has started: gossipsub cannot subscribe before. */
  started(): void {
    this.#isStarted = true
    for (const topic of this.#topics) this.#gossipsub?.subscribe(topic)
  }

  async publish(topic: string, data: Uint8Array): Promise<number> {
    if (this.#gossipsub === undefined || !this.#isStarted) return 0
    const floodPublish = data.length * this.#neighbours.size <= MAX_FLOOD_BYTES
    const { recipients } = await this.#gossipsub.publish(topic, data, { floodPublish, batchPublish: true })
    return recipients.length
  }

  /** Revives what died. */
  tick(): void {
    const gossipsub = this.#gossipsub
    if (gossipsub === undefined || !this.#isStarted) return
    for (const neighbour of this.#neighbours.values()) {
      const id = neighbour.link.device
      if (neighbour.opening || gossipsub.streamsOutbound.has(id)) continue
      if (neighbour.attached && !gossipsub.peers.has(id)) {
        // It gave the neighbour up, over bytes that it could not read: what that one still sends would go nowhere.
        neighbour.inbound?.abort(new TimeoutError('gossip begins anew'))
      }
      void this.#open(neighbour)
    }
  }

  #registrar(components: GossipSubComponents): GossipSubComponents['registrar'] {
    const registrar = guardedRegistrar(components.registrar, this.#options.links, this.#topologies)
    return {
      ...registrar,
      handle: (protocol, handler, options) =>
        registrar.handle(
          protocol,
          (stream, connection) => {
            const neighbour = this.#neighbours.get(parseDeviceId(connection.remotePeer.toString()))
            if (neighbour !== undefined) neighbour.inbound = stream
            return handler(stream, withStream(connection))
          },
          options,
        ),
    }
  }

  #onMessage({ msg, propagationSource }: GossipsubMessage): void {
    const from = parseDeviceId(propagationSource.toString())
    const neighbour = this.#neighbours.get(from)
    if (neighbour !== undefined) this.#options.links.heard(neighbour.link)
    this.#options.onMessage(msg.topic, msg.data, from)
  }

  #attach(link: Link): void {
    const { clock } = this.#options
    const allowance = new Allowance({ clock, burst: MAX_GOSSIP_BURST, perSecond: GOSSIP_PER_SECOND })
    const neighbour: Neighbour = { link, opening: false, failures: 0, attached: false, inbound: undefined, allowance }
    this.#neighbours.set(link.device, neighbour)
    void this.#open(neighbour)
  }

  #detach(link: Link): void {
    if (this.#neighbours.get(link.device)?.link !== link) return
    this.#neighbours.delete(link.device)
    void this.#topology()?.onDisconnect?.(link.connection.remotePeer)
  }

  /** Gossipsub registers the same one for each version of its protocol. */
  #topology(): Topology | undefined {
    const [topology] = this.#topologies.values()
    return topology
  }

  async #open(neighbour: Neighbour): Promise<void> {
    const { links, logger, clock } = this.#options
    const { link } = neighbour
    neighbour.opening = true
    const given = new AbortController()
    const timer = clock.after(OPEN_TIMEOUT_MS, () => given.abort(new TimeoutError('gossip was not answered')))
    try {
      const protocols = this.#gossipsub?.protocols ?? []
      const stream = await link.connection.newStream(protocols, { signal: given.signal })
      if (this.#neighbours.get(link.device) !== neighbour) {
        stream.abort(new TimeoutError('the neighbour left'))
        return
      }
      neighbour.attached = true
      neighbour.failures = 0
      void this.#topology()?.onConnect?.(link.connection.remotePeer, withStream(link.connection, stream))
    } catch (error) {
      neighbour.failures++
      logger.debug({ device: link.device, reason: messageOf(error) }, 'no gossip stream')
      if (neighbour.failures >= MAX_STREAM_FAILURES && link.state === 'admitted') {
        links.drop(link, new TimeoutError('no gossip stream could be opened'))
      }
    } finally {
      timer.dispose()
      neighbour.opening = false
    }
  }
}

/**
 * A connection as gossipsub sees it: the stream that it asks for is there already. Opened by itself, one after the other,
 * the stream to a neighbour that hangs would hold up those to all others.
 */
function withStream(connection: Connection, stream?: Stream): Connection {
  return {
    id: connection.id,
    status: connection.status,
    direction: connection.direction,
    remotePeer: connection.remotePeer,
    remoteAddr: connection.remoteAddr,
    newStream: () =>
      stream === undefined ? Promise.reject(new TimeoutError('it is opened apart')) : Promise.resolve(stream),
  } as unknown as Connection
}
