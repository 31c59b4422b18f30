import { decodeCborMap, encodeCbor, readText } from '../../base/cbor.ts'
import { Emitter } from '../../base/emitter.ts'
import { InvalidInputError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import { NotConnectedError } from '../errors.ts'
import type {
  ConnectedPeer,
  MessageStream,
  Network,
  NetworkEvents,
  SpaceNetwork,
  StreamHandler,
  WaitOptions,
} from '../network.ts'
import { MAX_GOSSIP_BYTES } from '../network.ts'

const PUSH = '/murmuration/push/1'
const MAX_TOPIC_LENGTH = 128
const MAX_PUSH_BYTES = MAX_GOSSIP_BYTES + 256
/** Frames that may wait for one slow member: what is above is left to anti-entropy. */
const MAX_WAITING = 64

type Listener = (data: Uint8Array, from: DeviceId) => void

export interface PrivateNetworkOptions {
  readonly network: Network
  readonly isMember: (device: DeviceId) => boolean
  readonly openStream: (device: DeviceId, protocol: string, options?: WaitOptions) => Promise<MessageStream>
  readonly onDispose: () => void
}

/** A stream of pushes to one member. */
interface Push {
  readonly stream: Promise<MessageStream>
  waiting: number
}

/**
 * The network as a private space sees it: its members alone. There is no topic that neighbours would hear of: what is
 * published is pushed over streams to the members who are connected.
 */
export class PrivateNetwork implements SpaceNetwork, Disposable {
  readonly device: DeviceId
  readonly events = new Emitter<NetworkEvents>()
  readonly #options: PrivateNetworkOptions
  readonly #handlers = new Map<string, StreamHandler>()
  readonly #topics = new Map<string, Set<Listener>>()
  readonly #pushes = new Map<DeviceId, Push>()
  /** Members that were told of as connected. */
  readonly #connected = new Set<DeviceId>()
  readonly #disposables = new DisposableStore()

  constructor(options: PrivateNetworkOptions) {
    this.#options = options
    const { network } = options
    this.device = network.device
    this.#disposables.add(network.events.on('peer:connected', () => this.refresh()))
    this.#disposables.add(network.events.on('peer:disconnected', ({ device }) => this.#left(device)))
    this.handle(PUSH, async (stream) => await this.#receive(stream))
    this.refresh()
  }

  /** Members came or went, connected or by the space's own word. */
  refresh(): void {
    const now = new Set(this.peers().map(({ device }) => device))
    for (const device of this.#connected) if (!now.has(device)) this.#left(device)
    for (const device of now) {
      if (this.#connected.has(device)) continue
      this.#connected.add(device)
      this.events.emit('peer:connected', { device })
    }
  }

  peers(): readonly ConnectedPeer[] {
    return this.#options.network.peers().filter(({ device }) => this.#options.isMember(device))
  }

  /** Dials a member who is not connected, as in a large swarm, where each machine holds connections to a part of it. */
  async dial(device: DeviceId): Promise<void> {
    const { isMember, network } = this.#options
    const addresses = network.addressesOf(device)
    const isHere = network.peers().some((peer) => peer.device === device)
    if (!isHere && isMember(device) && addresses.length > 0) await network.connect(addresses)
  }

  admits(device: DeviceId): boolean {
    return this.#options.isMember(device)
  }

  handlerOf(protocol: string): StreamHandler | undefined {
    return this.#handlers.get(protocol)
  }

  async openStream(device: DeviceId, protocol: string, options?: WaitOptions): Promise<MessageStream> {
    if (!this.#options.isMember(device)) throw new NotConnectedError('the machine does not belong to this space')
    return await this.#options.openStream(device, protocol, options)
  }

  handle(protocol: string, handler: StreamHandler): Disposable {
    if (this.#handlers.has(protocol)) throw new InvalidInputError(`${protocol} is served already`)
    this.#handlers.set(protocol, handler)
    return {
      dispose: () => {
        if (this.#handlers.get(protocol) === handler) this.#handlers.delete(protocol)
      },
    }
  }

  async publish(topic: string, data: Uint8Array): Promise<number> {
    if (data.length > MAX_GOSSIP_BYTES) {
      throw new InvalidInputError(`${data.length} bytes are too many to push; ${MAX_GOSSIP_BYTES} is the limit`)
    }
    const frame = encodeCbor({ topic, data })
    const members = this.peers()
    for (const { device } of members) this.#push(device, frame)
    return members.length
  }

  subscribe(topic: string, listener: Listener): Disposable {
    const listeners = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, listeners)
    listeners.add(listener)
    return { dispose: () => listeners.delete(listener) }
  }

  dispose(): void {
    this.#disposables.dispose()
    for (const device of [...this.#pushes.keys()]) this.#endPush(device)
    this.#handlers.clear()
    this.#options.onDispose()
  }

  #left(device: DeviceId): void {
    this.#endPush(device)
    if (this.#connected.delete(device)) this.events.emit('peer:disconnected', { device })
  }

  #endPush(device: DeviceId): void {
    const push = this.#pushes.get(device)
    this.#pushes.delete(device)
    push?.stream.then(
      (stream) => stream.abort(new NotConnectedError('the member is gone')),
      () => undefined,
    )
  }

  #push(device: DeviceId, frame: Uint8Array): void {
    const push = this.#pushes.get(device) ?? { stream: this.openStream(device, PUSH), waiting: 0 }
    this.#pushes.set(device, push)
    if (push.waiting >= MAX_WAITING) return
    push.waiting += 1
    push.stream
      .then((stream) => stream.send(frame))
      .catch(() => {
        // Anti-entropy brings it; the next push opens another stream.
        if (this.#pushes.get(device) === push) this.#pushes.delete(device)
      })
      .finally(() => {
        push.waiting -= 1
      })
  }

  async #receive(stream: MessageStream): Promise<void> {
    for await (const frame of stream) {
      if (!this.#options.isMember(stream.peer)) return
      const fields = decodeCborMap(frame, MAX_PUSH_BYTES)
      const topic = readText(fields?.get('topic'), MAX_TOPIC_LENGTH)
      const data = fields?.get('data')
      if (topic === undefined || !(data instanceof Uint8Array)) throw new InvalidInputError('a push that is none')
      for (const listener of this.#topics.get(topic) ?? []) listener(data, stream.peer)
    }
  }
}
