import type { Clock } from '../../base/clock.ts'
import type { DeviceKey } from '../../identity/device-key.ts'
import type { AddressRecord, Service } from './address-record.ts'
import { makeRecord } from './address-record.ts'
import type { OwnAddresses } from './address-store.ts'
import type { PeerAddress } from './peer-address.ts'
import { isLoopback, readPeerAddress, relayedAddress } from './peer-address.ts'

/** How this peer can be reached now. */
export interface OwnReach {
  /** Multiaddrs of this machine's interfaces, or those that a person announces. */
  readonly listening: readonly string[]
  /** Where it was reached from outside. */
  readonly outside: readonly string[]
  /** Through members that relay, nearest first; with the relay's own address where that is known. */
  readonly relayed: readonly PeerAddress[]
  readonly serves: readonly Service[]
}

/** Addresses of the interfaces that are told beside relayed ones: the list is bounded. */
const MAX_DIRECT_BESIDE_RELAYED = 5

/** Where this peer can be reached, as it is told to others: a signed record that is made anew on every change. */
export class OwnRecord {
  readonly #key: DeviceKey
  readonly #clock: Clock
  readonly #onChange: (own: OwnAddresses) => void
  #reach: OwnReach = { listening: [], outside: [], relayed: [], serves: [] }
  #record: AddressRecord

  constructor(options: {
    readonly key: DeviceKey
    readonly clock: Clock
    readonly sequence: number
    onChange(own: OwnAddresses): void
  }) {
    this.#key = options.key
    this.#clock = options.clock
    this.#onChange = (own) => options.onChange(own)
    this.#record = makeRecord(options.key, options.sequence, [])
  }

  get record(): AddressRecord {
    return this.#record
  }

  get listening(): readonly string[] {
    return this.#reach.listening
  }

  /** All addresses, those of this machine alone included. */
  get addresses(): readonly string[] {
    const { outside, listening, relayed } = this.#reach
    return [...new Set([...outside, ...listening, ...relayed.map(({ text }) => text)])]
  }

  /** Takes how this peer is reached now. Returns whether anything changed. */
  update(reach: OwnReach): boolean {
    if (fingerprint(reach) === fingerprint(this.#reach)) return false
    this.#reach = reach
    this.#remake(this.#record.sequence)
    return true
  }

  /** A record of this device with this sequence is about: ours must be above it. */
  outrun(sequence: number): void {
    this.#remake(sequence)
  }

  #remake(above: number): void {
    // The wall clock, so that a peer that lost its store is above what it said before; but never below what is known.
    const sequence = Math.max(above + 1, Math.floor(this.#clock.now()))
    const { listening, outside, relayed, serves } = this.#reach
    const direct = tellable([...new Set([...outside, ...listening])])
    const told = relayed.length === 0 ? direct : direct.slice(0, MAX_DIRECT_BESIDE_RELAYED)
    // Those who are told know the relay, or will.
    const through = relayed.flatMap(({ device, via }) => (via === undefined ? [] : relayedAddress(device, via.device)))
    this.#record = makeRecord(this.#key, sequence, [...told, ...through], serves)
    this.#onChange({ sequence, port: portOf(tellable(listening)[0]) })
  }
}

/** Addresses of this machine alone are told only where there are no others. */
function tellable(addresses: readonly string[]): readonly PeerAddress[] {
  const parsed = addresses.flatMap((text) => readPeerAddress(text) ?? [])
  const reachable = parsed.filter((address) => !isLoopback(address.host))
  return reachable.length > 0 ? reachable : parsed
}

function fingerprint({ listening, outside, relayed, serves }: OwnReach): string {
  return JSON.stringify([listening, outside, relayed.map(({ text }) => text), serves])
}

function portOf(address: PeerAddress | undefined): number {
  return Number(address?.place.split('/').at(-1) ?? 0)
}
