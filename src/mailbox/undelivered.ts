import { concatBytes, fromHex, toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import { deviceIdOf, publicKeyOf } from '../identity/device-key.ts'
import type { OpenedBox } from '../identity/sealed-box.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { LIFETIME_MS, MAX_UNDELIVERED_BYTES, MAX_UNDELIVERED_BYTES_OF_ONE } from './constants.ts'
import type { RecordKeys } from './records.ts'

/** When it came (8 bytes), and who sealed it (32). */
const HEAD_BYTES = 40

interface Kept {
  readonly from: DeviceId
  /** Wall time in milliseconds. */
  readonly at: number
  readonly bytes: number
}

/** What came for this device and was not delivered yet: kept here, so that it need not be fetched a second time. */
export class Undelivered {
  readonly #options: { readonly store: RecordStore; readonly keys: RecordKeys; readonly clock: Clock }
  /** By tag in hex. */
  readonly #kept = new Map<string, Kept>()

  constructor(options: { readonly store: RecordStore; readonly keys: RecordKeys; readonly clock: Clock }) {
    this.#options = options
  }

  /** By tag in hex. */
  get tags(): readonly string[] {
    return [...this.#kept.keys()]
  }

  async load(): Promise<void> {
    const { keys, store } = this.#options
    this.#kept.clear()
    for await (const [key, value] of store.entries(keys.range('undelivered'))) {
      if (value.length < HEAD_BYTES) continue
      this.#kept.set(toHex(keys.nameIn(key)), {
        at: readUint64Key(value, 0),
        from: deviceIdOf(value.subarray(8, HEAD_BYTES)),
        bytes: value.length - HEAD_BYTES,
      })
    }
  }

  /** Whether there is room for it. */
  fits({ content, from }: OpenedBox): boolean {
    let all = content.length
    let ofOne = content.length
    for (const kept of this.#kept.values()) {
      all += kept.bytes
      if (kept.from === from) ofOne += kept.bytes
    }
    return all <= MAX_UNDELIVERED_BYTES && ofOne <= MAX_UNDELIVERED_BYTES_OF_ONE
  }

  /** What has to be written to keep it; it counts as kept at once. */
  add(tag: Uint8Array, { content, from }: OpenedBox): Operation {
    const at = this.#options.clock.now()
    this.#kept.set(toHex(tag), { at, from, bytes: content.length })
    const value = concatBytes(uint64Key(at), publicKeyOf(from), content)
    return { type: 'put', key: this.#options.keys.key('undelivered', tag), value }
  }

  async read(tag: string): Promise<OpenedBox | undefined> {
    const value = await this.#options.store.get(this.#key(tag))
    if (value === undefined || value.length < HEAD_BYTES) return undefined
    return { from: deviceIdOf(value.subarray(8, HEAD_BYTES)), content: value.slice(HEAD_BYTES) }
  }

  async remove(tag: string): Promise<void> {
    await this.#options.store.write([{ type: 'delete', key: this.#key(tag) }], { durable: false })
    this.#kept.delete(tag)
  }

  /** Drops what could not be delivered for as long as an envelope lives. */
  async sweep(): Promise<void> {
    const oldest = this.#options.clock.now() - LIFETIME_MS
    for (const [tag, { at }] of this.#kept) if (at < oldest) await this.remove(tag)
  }

  #key(tag: string): Uint8Array {
    return this.#options.keys.key('undelivered', fromHex(tag))
  }
}
