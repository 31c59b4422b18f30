import type { DeviceId } from '../../base/ids.ts'
import { MAX_REMEMBERED_ADDRESSES, MAX_REMEMBERED_DEVICES } from './constants.ts'
import type { MemoryAddress } from './address.ts'

/** Where each peer was or may be found, newest last, bounded. */
export class AddressBook {
  readonly #addresses = new Map<DeviceId, MemoryAddress[]>()

  add(address: MemoryAddress): void {
    const known = (this.#addresses.get(address.device) ?? []).filter(({ text }) => text !== address.text)
    this.#addresses.delete(address.device)
    this.#addresses.set(address.device, [...known, address].slice(-MAX_REMEMBERED_ADDRESSES))
    const [oldest] = this.#addresses.keys()
    if (this.#addresses.size > MAX_REMEMBERED_DEVICES && oldest !== undefined) this.#addresses.delete(oldest)
  }

  /** The newest first. */
  of(device: DeviceId): readonly MemoryAddress[] {
    return [...(this.#addresses.get(device) ?? [])].reverse()
  }

  get devices(): readonly DeviceId[] {
    return [...this.#addresses.keys()]
  }
}
