import type { DeviceId } from '../../base/ids.ts'
import { MAX_REMEMBERED_ADDRESSES, MAX_REMEMBERED_DEVICES } from './constants.ts'
import type { MemoryAddress } from './address.ts'

/** Where each peer was or may be found, newest last, bounded. */
export class AddressBook {
  readonly #addresses = new Map<DeviceId, MemoryAddress[]>()
  /** What others tell of these is nothing. */
  readonly #forgotten = new Set<DeviceId>()

  add(address: MemoryAddress): void {
    this.#forgotten.delete(address.device)
    const known = (this.#addresses.get(address.device) ?? []).filter(({ text }) => text !== address.text)
    this.#addresses.delete(address.device)
    this.#addresses.set(address.device, [...known, address].slice(-MAX_REMEMBERED_ADDRESSES))
    const [oldest] = this.#addresses.keys()
    if (this.#addresses.size > MAX_REMEMBERED_DEVICES && oldest !== undefined) this.#addresses.delete(oldest)
  }

  /** As `add`, unless it was forgotten. Returns whether it was taken. */
  hear(address: MemoryAddress): boolean {
    if (this.#forgotten.has(address.device)) return false
    this.add(address)
    return true
  }

  /** Drops a device; from then on only `add` brings it back. */
  forget(device: DeviceId): void {
    this.#addresses.delete(device)
    this.#forgotten.delete(device)
    this.#forgotten.add(device)
    const [oldest] = this.#forgotten
    if (this.#forgotten.size > MAX_REMEMBERED_DEVICES && oldest !== undefined) this.#forgotten.delete(oldest)
  }

  /** The newest first. */
  of(device: DeviceId): readonly MemoryAddress[] {
    return [...(this.#addresses.get(device) ?? [])].reverse()
  }

  get devices(): readonly DeviceId[] {
    return [...this.#addresses.keys()]
  }
}
