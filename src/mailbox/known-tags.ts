import { concatBytes, fromHex, toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import { deviceIdOf, publicKeyOf } from '../identity/device-key.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { COPIES, KNOWN_MS } from './constants.ts'
import type { RecordKeys } from './records.ts'

interface Known {
  /** Wall time until which it is remembered. */
  readonly until: number
  /** Empty: it was fetched, and that was all. Otherwise the machines that had only a damaged envelope. */
  readonly damagedAt: readonly DeviceId[]
}

/** Tags of the envelopes that were fetched from any machine: none is fetched twice, which would tell whom it is for. */
export class KnownTags {
  readonly #options: {
    readonly store: RecordStore
    readonly keys: RecordKeys
    readonly clock: Clock
    readonly most: number
  }
  /** By tag in hex, those first that were met first. */
  readonly #known = new Map<string, Known>()

  constructor(options: {
    readonly store: RecordStore
    readonly keys: RecordKeys
    readonly clock: Clock
    readonly most: number
  }) {
    this.#options = options
  }

  async load(): Promise<void> {
    const { keys, store } = this.#options
    const found: (readonly [string, Known])[] = []
    for await (const [key, value] of store.entries(keys.range('known'))) {
      const known = decode(value)
      if (known !== undefined) found.push([toHex(keys.nameIn(key)), known])
    }
    this.#known.clear()
    for (const [tag, known] of found.sort(([, a], [, b]) => a.until - b.until)) this.#known.set(tag, known)
  }

  /** Whether it is not to be fetched from that machine. */
  has(tag: string, machine: DeviceId): boolean {
    const known = this.#known.get(tag)
    return known !== undefined && (known.damagedAt.length === 0 || known.damagedAt.includes(machine))
  }

  /** What has to be written so that it is known from now on; takes effect here at once. */
  add(tag: Uint8Array, options: { readonly damagedAt?: DeviceId } = {}): readonly Operation[] {
    const { clock, keys, most } = this.#options
    const name = toHex(tag)
    const earlier = this.#known.get(name)?.damagedAt ?? []
    const { damagedAt } = options
    const damaged = damagedAt === undefined ? [] : [...earlier, damagedAt]
    const known = { until: clock.now() + KNOWN_MS, damagedAt: damaged.slice(-2 * COPIES) }
    this.#known.delete(name)
    this.#known.set(name, known)
    return [{ type: 'put', key: keys.key('known', tag), value: encode(known) }, ...this.#dropped(most)]
  }

  /** Forgets what is too old. */
  async sweep(): Promise<void> {
    const now = this.#options.clock.now()
    for (const [name, { until }] of this.#known) if (until < now) this.#known.delete(name)
    const { keys, store } = this.#options
    const over: Operation[] = []
    for await (const [key] of store.entries(keys.range('known'))) {
      if (!this.#known.has(toHex(keys.nameIn(key)))) over.push({ type: 'delete', key })
    }
    if (over.length > 0) await store.write(over, { durable: false })
  }

  #dropped(most: number): readonly Operation[] {
    const dropped: Operation[] = []
    for (const name of this.#known.keys()) {
      if (this.#known.size <= most) break
      this.#known.delete(name)
      dropped.push({ type: 'delete', key: this.#options.keys.key('known', fromHex(name)) })
    }
    return dropped
  }
}

function encode({ damagedAt, until }: Known): Uint8Array {
  return concatBytes(uint64Key(until), ...damagedAt.map(publicKeyOf))
}

/** `undefined` for a record that is damaged. */
function decode(value: Uint8Array): Known | undefined {
  if (value.length < 8 || (value.length - 8) % 32 !== 0) return undefined
  const damagedAt: DeviceId[] = []
  for (let at = 8; at < value.length; at += 32) damagedAt.push(deviceIdOf(value.subarray(at, at + 32)))
  return { until: readUint64Key(value, 0), damagedAt }
}
