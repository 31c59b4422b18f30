import { fromHex, toHex, utf8, concatBytes, fromUtf8 } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import type { RecordStore } from '../store/record-store.ts'

/**
 * Which life of this device's store the journal is written in. A random number that is drawn anew whenever the store may
 * not be the only one that goes on from here: then what it writes can't collide with what another copy writes.
 */
export class Incarnation {
  readonly #store: RecordStore
  readonly #key: Uint8Array
  readonly #random: Random
  readonly #fingerprint: string
  #current: Uint8Array = new Uint8Array(8)

  /** @param fingerprint of the machine and folder: changes when the folder is copied elsewhere */
  constructor(options: {
    readonly store: RecordStore
    readonly prefix: Uint8Array
    readonly random: Random
    readonly fingerprint: string
  }) {
    this.#store = options.store
    this.#key = concatBytes(options.prefix, utf8('mi'))
    this.#random = options.random
    this.#fingerprint = options.fingerprint
  }

  /** 8 bytes. */
  get current(): Uint8Array {
    return this.#current
  }

  /** Resolves true where the store turned out to be a copy and a new incarnation was drawn. */
  async load(): Promise<boolean> {
    const stored = await this.#store.get(this.#key)
    if (stored !== undefined) {
      const [incarnation = '', fingerprint = ''] = fromUtf8(stored).split('\n')
      this.#current = fromHex(incarnation)
      if (fingerprint === this.#fingerprint) return false
    }
    await this.renew()
    return stored !== undefined
  }

  async renew(): Promise<void> {
    const next = this.#random.bytes(8)
    const value = utf8(`${toHex(next)}\n${this.#fingerprint}`)
    await this.#store.write([{ type: 'put', key: this.#key, value }], { durable: true })
    this.#current = next
  }
}
