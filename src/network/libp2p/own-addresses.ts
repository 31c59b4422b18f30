import type { Clock } from '../../base/clock.ts'
import type { DeviceKey } from '../../identity/device-key.ts'
import type { AddressRecord } from './address-record.ts'
import { makeRecord } from './address-record.ts'
import type { OwnAddresses } from './address-store.ts'
import type { PeerAddress } from './peer-address.ts'
import { isLoopback, readPeerAddress } from './peer-address.ts'

/** Where this peer listens, as it is told to others: a signed record that is made anew on every change. */
export class OwnRecord {
  readonly #key: DeviceKey
  readonly #clock: Clock
  readonly #onChange: (own: OwnAddresses) => void
  #addresses: readonly string[] = []
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

  /** All addresses, those of this machine alone included. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** Takes what libp2p listens on now. Returns whether anything changed. */
  update(addresses: readonly string[]): boolean {
    if (addresses.length === this.#addresses.length && addresses.every((text, at) => text === this.#addresses[at])) {
      return false
    }
    this.#addresses = addresses
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
    const told = tellable(this.#addresses)
    this.#record = makeRecord(this.#key, sequence, told)
    this.#onChange({ sequence, port: portOf(told[0]) })
  }
}

/** Addresses of this machine alone are told only where there are no others. */
function tellable(addresses: readonly string[]): readonly PeerAddress[] {
  const parsed = addresses.flatMap((text) => readPeerAddress(text) ?? [])
  const reachable = parsed.filter((address) => !isLoopback(address.host))
  return reachable.length > 0 ? reachable : parsed
}

function portOf(address: PeerAddress | undefined): number {
  return Number(address?.place.split('/').at(-1) ?? 0)
}
