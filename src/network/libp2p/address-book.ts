import type { DeviceId } from '../../base/ids.ts'
import type { AddressRecord } from './address-record.ts'
import { MAX_ADDRESSES, MAX_PEERS } from './constants.ts'
import type { PeerAddress } from './peer-address.ts'

/** Who says so: a person or an invite, the device's own signed record, or mDNS. */
export type AddressSource = 'given' | 'told' | 'found'

export interface KnownAddress {
  readonly address: PeerAddress
  readonly source: AddressSource
  /** Wall time. */
  readonly addedAt: number
  /** Wall time; 0 for never. */
  readonly reachedAt: number
  /** Failures since it was last reached. */
  readonly failures: number
  /** The latest of them; not kept over a restart. */
  readonly failure?: { readonly reason: string; readonly at: number }
}

export interface KnownPeer {
  readonly device: DeviceId
  readonly record: AddressRecord | undefined
  readonly addresses: readonly KnownAddress[]
  /** Wall time at which it last passed the gate here; 0 for never. */
  readonly seenAt: number
  readonly addedAt: number
}

/** Direct addresses that are tried before those through relays. */
const DIRECT_BEFORE_RELAYED = 2
/** A given address that failed so often goes when the peer was reached elsewhere since it was given. */
const MAX_FAILURES_OF_GIVEN = 8

/**
 * Where members may be reached: bounded in peers and in addresses of each, the likeliest first.
 * What changed is announced through `onChange`, for saving.
 */
export class AddressBook {
  readonly #peers = new Map<DeviceId, KnownPeer>()
  /** What others tell of these is nothing. */
  readonly #forgotten = new Set<DeviceId>()
  readonly #self: DeviceId
  readonly #isConnected: (device: DeviceId) => boolean
  readonly #onChange: (device: DeviceId) => void

  constructor(options: {
    readonly self: DeviceId
    isConnected(device: DeviceId): boolean
    onChange(device: DeviceId): void
  }) {
    this.#self = options.self
    this.#isConnected = (device) => options.isConnected(device)
    this.#onChange = (device) => options.onChange(device)
  }

  get devices(): readonly DeviceId[] {
    return [...this.#peers.keys()]
  }

  get(device: DeviceId): KnownPeer | undefined {
    return this.#peers.get(device)
  }

  /** Puts back what was saved. */
  restore(peer: KnownPeer): void {
    if (peer.device !== this.#self) this.#peers.set(peer.device, peer)
  }

  /** The addresses of a device, the likeliest first; those through relays soon, for they are the ones that work from far. */
  candidates(device: DeviceId): readonly PeerAddress[] {
    const addresses = this.#peers.get(device)?.addresses.map(({ address }) => address) ?? []
    const first = addresses.slice(0, DIRECT_BEFORE_RELAYED)
    const rest = addresses.slice(DIRECT_BEFORE_RELAYED)
    const isRelayed = ({ via }: PeerAddress): boolean => via !== undefined
    return [...first, ...rest.filter(isRelayed), ...rest.filter((address) => !isRelayed(address))]
  }

  /** Adds addresses that a person gave. Returns whether any was new. */
  give(addresses: readonly PeerAddress[], now: number): boolean {
    let anyNew = false
    for (const address of addresses) {
      this.#forgotten.delete(address.device)
      const peer = this.#peerOf(address.device, now)
      if (peer === undefined) continue
      const known = peer.addresses.find((item) => item.address.text === address.text)
      anyNew ||= known === undefined
      const others = peer.addresses.filter((item) => item !== known)
      this.#put({ ...peer, addresses: [...others, { ...(known ?? fresh(address, now)), source: 'given' }] })
    }
    return anyNew
  }

  /**
   * Replaces what mDNS said before of a device. Returns whether any address was new.
   * @param addresses all of one device
   */
  find(device: DeviceId, addresses: readonly PeerAddress[], now: number): boolean {
    const peer = this.#peerOf(device, now)
    if (peer === undefined) return false
    const isNew = addresses.some(({ text }) => !peer.addresses.some((item) => item.address.text === text))
    if (isNew) this.#put({ ...peer, addresses: replaced(peer.addresses, addresses, 'found', now) })
    return isNew
  }

  /** Takes a record if it is newer than what is known, and says whether it was. */
  tell(record: AddressRecord, now: number): 'newer' | 'known' | 'older' {
    const peer = this.#peerOf(record.device, now)
    if (peer === undefined) return 'known'
    const sequence = peer.record?.sequence ?? -1
    if (record.sequence === sequence) return 'known'
    if (record.sequence < sequence) return 'older'
    this.#put({ ...peer, record, addresses: replaced(peer.addresses, record.addresses, 'told', now) })
    return 'newer'
  }

  /** A dial to this address passed the gate. */
  reached(address: PeerAddress, now: number): void {
    this.#change(address, ({ failure: _, ...item }) => ({ ...item, reachedAt: now, failures: 0 }))
  }

  failed(address: PeerAddress, reason: string, now: number): void {
    this.#change(address, (item) => ({ ...item, failures: item.failures + 1, failure: { reason, at: now } }))
  }

  /** The device passed the gate, whoever dialled. */
  seen(device: DeviceId, now: number): void {
    this.#forgotten.delete(device)
    const peer = this.#peerOf(device, now)
    if (peer !== undefined) this.#put({ ...peer, seenAt: now })
  }

  /** The link to it ended just now. */
  left(device: DeviceId, now: number): void {
    const peer = this.#peers.get(device)
    if (peer !== undefined) this.#put({ ...peer, seenAt: now })
  }

  /** Drops a device that may be told of again. */
  remove(device: DeviceId): void {
    if (this.#peers.delete(device)) this.#onChange(device)
  }

  /** Drops a device, and takes no word of others for it until it passes the gate or is given. */
  forget(device: DeviceId): void {
    this.#forgotten.delete(device)
    this.#forgotten.add(device)
    const [oldest] = this.#forgotten
    if (this.#forgotten.size > MAX_PEERS && oldest !== undefined) this.#forgotten.delete(oldest)
    this.remove(device)
  }

  #peerOf(device: DeviceId, now: number): KnownPeer | undefined {
    if (device === this.#self || this.#forgotten.has(device)) return undefined
    return this.#peers.get(device) ?? { device, record: undefined, addresses: [], seenAt: 0, addedAt: now }
  }

  #change(address: PeerAddress, change: (item: KnownAddress) => KnownAddress): void {
    const peer = this.#peers.get(address.device)
    if (peer === undefined) return
    const addresses = peer.addresses.map((item) => (item.address.text === address.text ? change(item) : item))
    this.#put({ ...peer, addresses })
  }

  #put(peer: KnownPeer): void {
    const lastReached = Math.max(0, ...peer.addresses.map((item) => item.reachedAt))
    const addresses = peer.addresses
      .filter((item) => item.failures < MAX_FAILURES_OF_GIVEN || lastReached <= Math.max(item.addedAt, item.reachedAt))
      .sort(byLikelihood)
      .slice(0, MAX_ADDRESSES)
    this.#peers.set(peer.device, { ...peer, addresses })
    this.#onChange(peer.device)
    if (this.#peers.size > MAX_PEERS) this.#evict(peer.device)
  }

  /** Those never seen go first, the oldest of them first; then who was away for the longest time. */
  #evict(except: DeviceId): void {
    let worst: KnownPeer | undefined
    for (const peer of this.#peers.values()) {
      if (peer.device === except || this.#isConnected(peer.device)) continue
      if (worst === undefined || usefulness(peer) < usefulness(worst)) worst = peer
    }
    if (worst !== undefined) this.remove(worst.device)
  }
}

function usefulness(peer: KnownPeer): number {
  return peer.seenAt > 0 ? peer.seenAt : peer.addedAt - Number.MAX_SAFE_INTEGER / 2
}

function fresh(address: PeerAddress, now: number): Omit<KnownAddress, 'source'> {
  return { address, addedAt: now, reachedAt: 0, failures: 0 }
}

/** `known` with what one source said before replaced by what it says now. */
function replaced(
  known: readonly KnownAddress[],
  addresses: readonly PeerAddress[],
  source: AddressSource,
  now: number,
): readonly KnownAddress[] {
  const said = new Set(addresses.map(({ text }) => text))
  const kept = known.filter((item) => item.source !== source || said.has(item.address.text))
  const names = new Set(kept.map((item) => item.address.text))
  const added = addresses.filter(({ text }) => !names.has(text))
  return [...kept, ...added.map((address) => ({ ...fresh(address, now), source }))]
}

/** What was reached last and has not failed since, then what is new, then what fails least. */
function byLikelihood(a: KnownAddress, b: KnownAddress): number {
  return (
    a.failures - b.failures ||
    Number(b.reachedAt > 0) - Number(a.reachedAt > 0) ||
    b.reachedAt - a.reachedAt ||
    b.addedAt - a.addedAt
  )
}
