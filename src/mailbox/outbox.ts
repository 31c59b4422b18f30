import { fromHex, toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import { Mutex } from '../base/mutex.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { MailboxLimits } from './constants.ts'
import { LIFETIME_MS } from './constants.ts'
import type { WaitingParcel } from './waiting-parcel.ts'
import { decodeParcel, encodeParcel } from './waiting-parcel.ts'
import type { RecordKeys } from './records.ts'

/** Tags of withdrawn parcels that machines which are away may still hold; beyond it the oldest are left to expire there. */
const MAX_WITHDRAWN = 16_384

export interface OutboxOptions {
  readonly store: RecordStore
  readonly keys: RecordKeys
  readonly clock: Clock
  readonly limits: MailboxLimits
  readonly onChange: () => void
  /** There is something to leave or to withdraw. */
  readonly onWork: () => void
}

/** This device's own parcels, sealed, with the machines that hold them; and the tags of those that are to be dropped. */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #mutex = new Mutex()
  /** By recipient and name, oldest first. */
  readonly #parcels = new Map<string, WaitingParcel>()
  /** Tags in hex, and until when a machine may hold them. */
  readonly #withdrawn = new Map<string, number>()
  #bytes = 0
  #next = 1

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Oldest first. */
  get parcels(): readonly WaitingParcel[] {
    return [...this.#parcels.values()]
  }

  async load(): Promise<void> {
    const { keys, store } = this.#options
    this.#parcels.clear()
    this.#withdrawn.clear()
    this.#bytes = 0
    for await (const [key, value] of store.entries(keys.range('parcel'))) {
      const number = readUint64Key(keys.nameIn(key), 0)
      this.#next = number + 1
      const parcel = decodeParcel(number, value)
      if (parcel !== undefined) this.#add(parcel)
    }
    const withdrawn: (readonly [string, number])[] = []
    for await (const [key, value] of store.entries(keys.range('withdrawn'))) {
      if (value.length === 8) withdrawn.push([toHex(keys.nameIn(key)), readUint64Key(value, 0)])
    }
    for (const [tag, until] of withdrawn.sort(([, a], [, b]) => a - b)) this.#withdrawn.set(tag, until)
    await this.sweep()
  }

  find(to: DeviceId, name: string): WaitingParcel | undefined {
    return this.#parcels.get(nameOf(to, name))
  }

  isWithdrawn(tag: string): boolean {
    return this.#withdrawn.has(tag)
  }

  /** Keeps a sealed parcel in the place of the earlier one of that name; resolves once it survives a power cut. */
  async put(
    parcel: Pick<WaitingParcel, 'to' | 'name' | 'tag' | 'exclude'> & { readonly box: Uint8Array },
  ): Promise<void> {
    await this.#mutex.run(async () => {
      const { clock, keys, limits, store } = this.#options
      const { box, exclude, name, tag, to } = parcel
      const at = Math.floor(clock.now())
      const kept = { number: this.#next++, to, name, tag, at, bytes: box.length, exclude, holders: [] }
      const earlier = this.find(to, name)
      const over = earlier === undefined ? [] : [earlier]
      let bytes = this.#bytes - (earlier?.bytes ?? 0) + box.length
      for (const old of this.#parcels.values()) {
        const isRoom = this.#parcels.size - over.length < limits.parcels && bytes <= limits.parcelBytes
        if (isRoom) break
        if (old === earlier) continue
        over.push(old)
        bytes -= old.bytes
      }
      await store.write(
        [
          ...this.#removal(over),
          { type: 'put', key: keys.key('parcel', uint64Key(kept.number)), value: encodeParcel(kept) },
          { type: 'put', key: keys.key('parcelBox', uint64Key(kept.number)), value: box },
        ],
        { durable: true },
      )
      this.#remove(over)
      this.#add(kept)
    })
    this.#options.onWork()
    this.#options.onChange()
  }

  /** Forgets a parcel; machines that hold it are to drop it. */
  async withdraw(to: DeviceId, name: string): Promise<void> {
    await this.#withdraw((parcel) => parcel.to === to && parcel.name === name)
  }

  /** Forgets what no machine holds any longer because of its age. */
  async sweep(): Promise<void> {
    const { clock, keys, store } = this.#options
    const now = clock.now()
    await this.#withdraw((parcel) => parcel.at < now - LIFETIME_MS)
    const over = [...this.#withdrawn].flatMap(([tag, until], index) =>
      until < now || index < this.#withdrawn.size - MAX_WITHDRAWN ? [tag] : [],
    )
    if (over.length === 0) return
    const key = (tag: string): Uint8Array => keys.key('withdrawn', fromHex(tag))
    await store.write(
      over.map((tag) => ({ type: 'delete', key: key(tag) })),
      { durable: false },
    )
    for (const tag of over) this.#withdrawn.delete(tag)
  }

  /** The sealed box, or `undefined` where the parcel is gone. */
  async boxOf(parcel: WaitingParcel): Promise<Uint8Array | undefined> {
    return await this.#options.store.get(this.#options.keys.key('parcelBox', uint64Key(parcel.number)))
  }

  /** Notes which of the parcels a machine holds: those of `holds`, among those of which `knows` says that it is known. */
  async note(
    machine: DeviceId,
    holds: (parcel: WaitingParcel) => boolean,
    knows: (parcel: WaitingParcel) => boolean = () => true,
  ): Promise<void> {
    const changed = await this.#mutex.run(async () => {
      const { keys, store } = this.#options
      const found = this.parcels.flatMap((parcel) => {
        if (!knows(parcel) || parcel.holders.includes(machine) === holds(parcel)) return []
        const others = parcel.holders.filter((holder) => holder !== machine)
        return [{ ...parcel, holders: holds(parcel) ? [...others, machine] : others }]
      })
      if (found.length === 0) return found
      await store.write(
        found.map((parcel) => ({
          type: 'put',
          key: keys.key('parcel', uint64Key(parcel.number)),
          value: encodeParcel(parcel),
        })),
        { durable: false },
      )
      for (const parcel of found) this.#parcels.set(nameOf(parcel.to, parcel.name), parcel)
      return found
    })
    if (changed.some((parcel) => !parcel.holders.includes(machine))) this.#options.onWork()
    if (changed.length > 0) this.#options.onChange()
  }

  /** Resolves when everything begun has ended. */
  async idle(): Promise<void> {
    await this.#mutex.idle()
  }

  async #withdraw(isOver: (parcel: WaitingParcel) => boolean): Promise<void> {
    const isNews = await this.#mutex.run(async () => {
      const over = this.parcels.filter(isOver)
      if (over.length === 0) return false
      await this.#options.store.write(this.#removal(over), { durable: false })
      this.#remove(over)
      return true
    })
    if (!isNews) return
    this.#options.onWork()
    this.#options.onChange()
  }

  #removal(parcels: readonly WaitingParcel[]): readonly Operation[] {
    const { clock, keys } = this.#options
    const until = uint64Key(clock.now() + LIFETIME_MS)
    return parcels.flatMap(({ number, tag }): Operation[] => [
      { type: 'delete', key: keys.key('parcel', uint64Key(number)) },
      { type: 'delete', key: keys.key('parcelBox', uint64Key(number)) },
      { type: 'put', key: keys.key('withdrawn', tag), value: until },
    ])
  }

  #add(parcel: WaitingParcel): void {
    this.#parcels.set(nameOf(parcel.to, parcel.name), parcel)
    this.#bytes += parcel.bytes
  }

  #remove(parcels: readonly WaitingParcel[]): void {
    const until = this.#options.clock.now() + LIFETIME_MS
    for (const { bytes, name, tag, to } of parcels) {
      this.#parcels.delete(nameOf(to, name))
      this.#withdrawn.set(toHex(tag), until)
      this.#bytes -= bytes
    }
  }
}

function nameOf(to: DeviceId, name: string): string {
  return `${to} ${name}`
}
