import { concatBytes } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import { deviceIdOf, publicKeyOf } from '../identity/device-key.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { MAX_WEEKS } from './constants.ts'
import type { RecordKeys } from './records.ts'
import type { Week } from './week.ts'
import { hoursSeen, seenAt, WEEK_BYTES } from './week.ts'

/** In which hours of the last week each machine was connected, as seen from here; kept over restarts. */
export class Weeks {
  readonly #options: { readonly store: RecordStore; readonly keys: RecordKeys; readonly clock: Clock }
  readonly #weeks = new Map<DeviceId, Week>()

  constructor(options: { readonly store: RecordStore; readonly keys: RecordKeys; readonly clock: Clock }) {
    this.#options = options
  }

  async load(): Promise<void> {
    const { keys, store } = this.#options
    this.#weeks.clear()
    for await (const [key, value] of store.entries(keys.range('week'))) {
      const device = keys.nameIn(key)
      if (device.length !== 32 || value.length !== 8 + WEEK_BYTES) continue
      this.#weeks.set(deviceIdOf(device), { hour: readUint64Key(value, 0), bits: value.slice(8) })
    }
  }

  hoursSeen(device: DeviceId): number {
    return hoursSeen(this.#weeks.get(device), this.#options.clock.now())
  }

  /** These machines are connected now. Where there are too many, those that were seen least are forgotten. */
  async saw(devices: readonly DeviceId[]): Promise<void> {
    const { clock, keys, store } = this.#options
    const operations: Operation[] = []
    for (const device of devices) {
      const known = this.#weeks.get(device)
      const week = seenAt(known, clock.now())
      if (week === known) continue
      this.#weeks.set(device, week)
      const value = concatBytes(uint64Key(week.hour), week.bits)
      operations.push({ type: 'put', key: keys.key('week', publicKeyOf(device)), value })
    }
    for (const device of this.#tooMany()) {
      this.#weeks.delete(device)
      operations.push({ type: 'delete', key: keys.key('week', publicKeyOf(device)) })
    }
    if (operations.length > 0) await store.write(operations, { durable: false })
  }

  #tooMany(): readonly DeviceId[] {
    const over = this.#weeks.size - MAX_WEEKS
    if (over <= 0) return []
    const byHours = [...this.#weeks.keys()].map((device) => ({ device, hours: this.hoursSeen(device) }))
    return byHours
      .sort((a, b) => a.hours - b.hours)
      .slice(0, over)
      .map(({ device }) => device)
  }
}
