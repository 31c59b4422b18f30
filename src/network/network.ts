import type { Emitter } from '../base/emitter.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Disposable, Startable } from '../base/lifecycle.ts'

/**
 * The Network port: all that stands above it runs unchanged over libp2p and over the simulated network.
 *
 * Only peers that passed the gate (they proved to belong) appear here: streams, gossip and events of
 * others never get past the implementation.
 */
export interface Network extends Startable {
  readonly device: DeviceId
  readonly events: Emitter<NetworkEvents>
  /** Where this peer can be reached, as multiaddrs that end in its device id. */
  addresses(): readonly string[]
  /** The peers that are connected and passed the gate. */
  peers(): readonly ConnectedPeer[]
  /**
   * Connects to a peer at one of these addresses and remembers them: from then on it is redialled for ever.
   * Resolves once it passed the gate, at once where it is connected already. The addresses may be several peers':
   * then the first that passes counts, and all are remembered.
   * @throws DialError that lists what was tried; NotAdmittedError where somebody answered and the gate did not let
   * them through; InvalidInputError for what is no address that ends in a device id; AbortedError
   */
  connect(addresses: readonly string[], options?: WaitOptions): Promise<DeviceId>
  /** Remembers addresses without waiting: dialled in the background, again and again. */
  remember(addresses: readonly string[]): void
  /** The machine woke up or changed its network: dial everybody who is missing now. */
  wake(): void
  /**
   * Ends the link to a device now. By itself that is a pause: whoever is known is dialled again. To be rid of a device
   * `forget` it as well, and let the gate refuse it.
   */
  disconnect(device: DeviceId, reason: Error): void
  /**
   * Drops a device from what is remembered: nobody here dials it any more, whatever others tell of it. It is known again
   * once it passes the gate or somebody gives its address. Does not end the link; for `forget` after a restart the
   * caller has to ask again.
   */
  forget(device: DeviceId): void
  /** How this machine is reached, and why those who are missing are; for the connection doctor. */
  reach(): ReachReport
  /**
   * Whoever opens a stream speaks first: what the other side says before may be lost.
   * @throws NotConnectedError, AbortedError, StreamClosedError where the peer does not serve the protocol
   */
  openStream(device: DeviceId, protocol: string, options?: WaitOptions): Promise<MessageStream>
  /** Where a device was or is said to be, the likeliest first; empty where nothing is known. */
  addressesOf(device: DeviceId): readonly string[]
  /** Serves a protocol. The handler owns the stream; when it throws, that stream is aborted and nothing else. */
  handle(protocol: string, handler: StreamHandler, options?: HandleOptions): Disposable
  /**
   * Gossips at most MAX_GOSSIP_BYTES. Delivered at most once to each subscribed peer, or not at all: gossip is never the guarantee.
   * Returns the number of neighbours it was handed to; 0 while stopped.
   * @throws InvalidInputError above MAX_GOSSIP_BYTES
   */
  publish(topic: string, data: Uint8Array): Promise<number>
  /**
   * `from` is the neighbour that passed it on, not the author; one's own messages do not come back. Works before
   * `start` as well. `data` may be part of a larger buffer: copy what is kept for long.
   */
  subscribe(topic: string, listener: (data: Uint8Array, from: DeviceId) => void): Disposable
}

/** What a space needs of the network: the whole of it for a swarm, its own members alone for a private space. */
export type SpaceNetwork = Pick<
  Network,
  'device' | 'events' | 'peers' | 'openStream' | 'handle' | 'publish' | 'subscribe'
>

export interface HandleOptions {
  /** Streams of one peer that are served at a time; MAX_STREAMS unless given. */
  readonly streams?: number
}

export interface WaitOptions {
  readonly signal?: AbortSignal
}

export type StreamHandler = (stream: MessageStream) => Promise<void>

export interface NetworkEvents {
  readonly 'peer:connected': { readonly device: DeviceId }
  readonly 'peer:disconnected': { readonly device: DeviceId }
  readonly 'addresses:changed': { readonly addresses: readonly string[] }
}

/** `punched`: direct, although both sides are behind NATs. */
export type Route = 'local' | 'lan' | 'internet' | 'punched' | 'relayed'

export interface ConnectedPeer {
  readonly device: DeviceId
  readonly address: string
  readonly route: Route
  /** Wall time in milliseconds. */
  readonly since: number
  /** Milliseconds; absent until measured. */
  readonly roundTrip?: number
  /** The member that relays, where it is relayed. */
  readonly via?: DeviceId
}

/** What a machine knows of how it is reached. Plain data. */
export interface ReachReport {
  readonly addresses: readonly string[]
  /** Whether strangers on the internet can connect to it; `unknown` until somebody could try. */
  readonly reachability: 'public' | 'private' | 'unknown'
  /** `mapped`: the router forwards a port. `none`: no router here answers to UPnP. */
  readonly upnp: 'off' | 'searching' | 'mapped' | 'none'
  readonly mdns: boolean
  /** The members through which it can be reached. */
  readonly relays: readonly DeviceId[]
  /** Whether it relays for other members, and for how many now. */
  readonly relaying: { readonly on: boolean; readonly members: number }
  /** The known peers that are not connected. */
  readonly missing: readonly MissingPeer[]
}

export interface MissingPeer {
  readonly device: DeviceId
  /** Wall time in milliseconds; absent where it was not dialled yet. */
  readonly triedAt?: number
  /** Wall time; absent where no dial is planned, as with enough other connections. */
  readonly nextTryAt?: number
  /** What became of its addresses when they were tried last, each in a person's words. */
  readonly failures: readonly { readonly address: string; readonly reason: string; readonly at: number }[]
}

/**
 * A two-way stream of frames, each at most MAX_FRAME_BYTES; a frame may be empty.
 * A frame that is too long, from either side, ends the stream.
 *
 * Iterating hands out each frame once. It may stop (`break`) and go on later without ending the stream. It ends when the
 * other side closed and all that it sent was read, and throws StreamClosedError where the stream was aborted or the
 * connection lost. Frames may be part of a larger buffer: copy what is kept for long.
 */
export interface MessageStream extends AsyncIterable<Uint8Array> {
  readonly peer: DeviceId
  readonly protocol: string
  /** Fires when the stream ended, for whatever reason: both sides closed, an abort, a lost connection. */
  readonly signal: AbortSignal
  /**
   * Resolves when there is room for more: awaiting it is the backpressure. The frame must not be changed afterwards.
   * @throws StreamClosedError; InvalidInputError for a frame that is too long, which ends the stream
   */
  send(frame: Uint8Array): Promise<void>
  /** Says that nothing more will be sent; what was sent is delivered. */
  close(): Promise<void>
  /** Ends both directions at once. */
  abort(reason: Error): void
}

/** Decides over a fresh connection whether the peer belongs; throws where it does not. */
export type Gate = (stream: MessageStream, side: 'dialler' | 'listener', signal: AbortSignal) => Promise<void>

/** Streams of one protocol that one peer may have open. */
export const MAX_STREAMS = 64
/** A batch of entries of at most 1 MiB and its envelope. */
export const MAX_FRAME_BYTES = 1_310_720
/** Above this gossip costs every neighbour too much; larger bodies are pulled. */
export const MAX_GOSSIP_BYTES = 65_536
