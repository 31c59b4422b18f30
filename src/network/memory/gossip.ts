import type { Clock } from '../../base/clock.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Random } from '../../base/random.ts'
import { MAX_GOSSIP_BACKLOG_BYTES, MAX_SEEN_MESSAGES, MESH_DEGREE, MESH_DEGREE_MAX, SEEN_MS } from './constants.ts'

export type GossipListener = (data: Uint8Array, from: DeviceId) => void

interface Message {
  readonly id: string
  readonly topic: string
  readonly data: Uint8Array
}

/** A connection, as gossip sees it. */
export interface Neighbour {
  readonly device: DeviceId
  readonly owner: { readonly gossip: Gossip }
  readonly wire: { readonly bytes: number; readonly link: { readonly quality: { readonly loss: number } } }
  /** Says something to the other end of the connection. */
  tell(bytes: number, hear: (remote: Neighbour) => void): void
}

/** Bytes of what neighbours say about topics. */
const CONTROL_BYTES = 64

/**
 * A small gossipsub (libp2p specs, pubsub/gossipsub): each subscriber of a topic keeps a mesh of a few neighbours in it,
 * passes on what is new to them, and knows what it has seen by the hash. Messages that a hop loses are not asked for.
 */
export class Gossip {
  readonly #clock: Clock
  readonly #random: Random
  readonly #listeners = new Map<string, Set<GossipListener>>()
  /** The topics of each neighbour. */
  readonly #neighbours = new Map<Neighbour, Set<string>>()
  readonly #meshes = new Map<string, Set<Neighbour>>()
  /** Neighbours that did not want to be in our mesh of a topic. */
  readonly #refused = new Map<Neighbour, Set<string>>()
  readonly #seen = new Map<string, number>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  subscribe(topic: string, listener: GossipListener): Disposable {
    const listeners = this.#listeners.get(topic) ?? new Set()
    // One function may listen twice, and each leaves by itself.
    const own: GossipListener = (data, from) => listener(data, from)
    listeners.add(own)
    if (listeners.size === 1) {
      this.#listeners.set(topic, listeners)
      for (const end of this.#neighbours.keys()) this.#sayTopic(end, topic, true)
      this.#fill(topic)
    }
    return { dispose: () => this.#unsubscribe(topic, own) }
  }

  /** @returns how many neighbours it was handed to */
  publish(topic: string, data: Uint8Array): number {
    const message = { id: idOf(topic, data), topic, data }
    if (this.#hasSeen(message.id)) return 0
    return this.#pass(message, undefined)
  }

  connected(end: Neighbour): void {
    this.#neighbours.set(end, new Set())
    for (const topic of this.#listeners.keys()) this.#sayTopic(end, topic, true)
  }

  disconnected(end: Neighbour): void {
    this.#neighbours.delete(end)
    this.#refused.delete(end)
    for (const [topic, mesh] of this.#meshes) if (mesh.delete(end)) this.#fill(topic)
  }

  #unsubscribe(topic: string, listener: GossipListener): void {
    const listeners = this.#listeners.get(topic)
    if (listeners?.delete(listener) !== true || listeners.size > 0) return
    this.#listeners.delete(topic)
    this.#meshes.delete(topic)
    for (const end of this.#neighbours.keys()) this.#sayTopic(end, topic, false)
  }

  #hearTopic(end: Neighbour, topic: string, subscribed: boolean): void {
    const topics = this.#neighbours.get(end)
    if (topics === undefined) return
    if (subscribed) topics.add(topic)
    else topics.delete(topic)
    if (!subscribed) this.#meshes.get(topic)?.delete(end)
    this.#fill(topic)
  }

  #hearGraft(end: Neighbour, topic: string): void {
    const mesh = this.#meshOf(topic)
    if (mesh === undefined || mesh.size >= MESH_DEGREE_MAX) {
      end.tell(CONTROL_BYTES, (remote) => remote.owner.gossip.#hearPrune(remote, topic))
      return
    }
    if (this.#neighbours.has(end)) mesh.add(end)
  }

  #hearPrune(end: Neighbour, topic: string): void {
    if (this.#meshes.get(topic)?.delete(end) !== true) return
    const refused = this.#refused.get(end) ?? new Set()
    refused.add(topic)
    this.#refused.set(end, refused)
    this.#fill(topic)
  }

  /** Brings the mesh of a topic to its size. */
  #fill(topic: string): void {
    const mesh = this.#meshOf(topic)
    if (mesh === undefined || mesh.size >= MESH_DEGREE) return
    const candidates = this.#subscribed(topic).filter(
      (end) => !mesh.has(end) && this.#refused.get(end)?.has(topic) !== true,
    )
    for (const end of draw(this.#random, candidates, MESH_DEGREE - mesh.size)) {
      mesh.add(end)
      end.tell(CONTROL_BYTES, (remote) => remote.owner.gossip.#hearGraft(remote, topic))
    }
  }

  #meshOf(topic: string): Set<Neighbour> | undefined {
    if (!this.#listeners.has(topic)) return undefined
    const mesh = this.#meshes.get(topic) ?? new Set()
    this.#meshes.set(topic, mesh)
    return mesh
  }

  #subscribed(topic: string): Neighbour[] {
    const found: Neighbour[] = []
    for (const [end, topics] of this.#neighbours) if (topics.has(topic)) found.push(end)
    return found
  }

  #pass(message: Message, from: Neighbour | undefined): number {
    // Who publishes without listening has no mesh and hands the message to a few subscribers.
    const targets = this.#meshOf(message.topic) ?? draw(this.#random, this.#subscribed(message.topic), MESH_DEGREE)
    let handed = 0
    for (const end of targets) {
      if (end === from || end.wire.bytes > MAX_GOSSIP_BACKLOG_BYTES) continue
      handed++
      const { loss } = end.wire.link.quality
      if (loss > 0 && this.#random.float() < loss) continue
      end.tell(message.data.length + CONTROL_BYTES, (remote) => remote.owner.gossip.#receive(message, remote))
    }
    return handed
  }

  #receive(message: Message, from: Neighbour): void {
    if (!this.#listeners.has(message.topic) || this.#hasSeen(message.id)) return
    this.#pass(message, from)
    for (const listener of this.#listeners.get(message.topic) ?? []) {
      try {
        listener(message.data, from.device)
      } catch (error) {
        // As with any event: a listener's failure is its own, but must not pass unnoticed.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  /** Whether the message came before; from now on it did. */
  #hasSeen(id: string): boolean {
    const now = this.#clock.monotonic()
    const before = this.#seen.get(id)
    if (before !== undefined && now - before < SEEN_MS) return true
    this.#seen.delete(id)
    this.#seen.set(id, now)
    for (const [oldest, at] of this.#seen) {
      if (this.#seen.size <= MAX_SEEN_MESSAGES && now - at < SEEN_MS) break
      this.#seen.delete(oldest)
    }
    return false
  }

  #sayTopic(end: Neighbour, topic: string, subscribed: boolean): void {
    end.tell(CONTROL_BYTES, (remote) => remote.owner.gossip.#hearTopic(remote, topic, subscribed))
  }
}

function idOf(topic: string, data: Uint8Array): string {
  return `${topic} ${Buffer.from(sha256(data)).toString('latin1')}`
}

/** Up to `count` of the items, in a random order. */
function draw<T>(random: Random, items: readonly T[], count: number): T[] {
  const left = [...items]
  const drawn: T[] = []
  while (drawn.length < count && left.length > 0) {
    const [item] = left.splice(random.below(left.length), 1)
    if (item !== undefined) drawn.push(item)
  }
  return drawn
}
