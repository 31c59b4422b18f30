import { bytesEqual, concatBytes, fromBase64url, toBase64url, utf8 } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../../base/cbor.ts'
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import { publicKeyOf } from '../../identity/index.ts'
import type { EntryReference, OwnRange } from '../../journal/index.ts'
import type { Mailbox } from '../../mailbox/index.ts'
import { MAX_CONTENT_BYTES } from '../../mailbox/index.ts'
import type { RecordStore } from '../../store/index.ts'
import { prefixRange } from '../../store/index.ts'
import type { PrivateSpace } from './private-space.ts'

/** Parcels left with others, by space, device and journal. */
const PREFIX = utf8('sl')
/** What was said within this goes into one parcel, and whoever is about to connect gets it directly. */
const PAUSE_MS = 2_000
/** A machine that lacks something is dialled so often at most. */
const DIAL_MS = 30_000
/** Below this a parcel is replaced by a longer one; above it the next begins. */
const SMALL_BYTES = 16 * 1024

/** A parcel that was left for a device. */
interface Left {
  readonly device: DeviceId
  readonly name: string
  /** Names the journal; the places that the parcel carries. */
  readonly journal: string
  readonly from: number
  readonly to: number
  readonly bytes: number
}

export interface DeliveryOptions {
  readonly space: PrivateSpace
  readonly mailbox: Mailbox
  readonly store: RecordStore
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Leaves what this machine said in a private space for those of its machines that are not here, and takes it back
 * once they have it.
 */
export class Delivery implements Disposable {
  readonly #options: DeliveryOptions
  readonly #prefix: Uint8Array
  readonly #left = new Map<string, Left>()
  /** When each was dialled last, monotonic. */
  readonly #dialled = new Map<DeviceId, number>()
  readonly #disposables = new DisposableStore()
  #timer: Disposable | undefined
  #working = false
  #again = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#prefix = concatBytes(PREFIX, fromBase64url(options.space.space))
  }

  async start(): Promise<void> {
    const { space, store } = this.#options
    for await (const [, value] of store.entries(prefixRange(this.#prefix))) {
      const left = readLeft(value, space.state.devices())
      if (left !== undefined) this.#left.set(keyOf(left), left)
    }
    this.#disposables.add(space.journal.events.on('entries:applied', () => this.#soon()))
    this.#disposables.add(space.journal.events.on('replicas:changed', () => this.#soon()))
    this.#soon()
  }

  dispose(): void {
    this.#timer?.dispose()
    this.#disposables.dispose()
  }

  /** Machines that keep the entry for somebody. */
  waitingOn(reference: EntryReference): readonly DeviceId[] {
    const { mailbox } = this.#options
    const holding = new Set<DeviceId>()
    for (const { device, from, name, to } of this.#left.values()) {
      if (reference.sequence < from || reference.sequence > to) continue
      for (const holder of mailbox.waitingOn(device, name)) holding.add(holder)
    }
    return [...holding]
  }

  #soon(): void {
    if (this.#disposables.disposed) return
    this.#timer ??= this.#options.clock.after(PAUSE_MS, () => {
      this.#timer = undefined
      void this.#work()
    })
  }

  async #work(): Promise<void> {
    if (this.#working) {
      this.#again = true
      return
    }
    this.#working = true
    try {
      do {
        this.#again = false
        await this.#look()
      } while (this.#again && !this.#disposables.disposed)
    } catch (error) {
      this.#options.logger.warn({ reason: messageOf(error) }, 'something could not be left for those who are away')
    } finally {
      this.#working = false
    }
  }

  async #look(): Promise<void> {
    const { space } = this.#options
    const here = new Set(space.connected())
    for (const device of space.state.devices()) {
      if (device === space.journal.device) continue
      const lacking = space.journal.lackedBy(device)
      await this.#takeBack(device, lacking)
      if (here.has(device) || lacking.length === 0) continue
      this.#dial(device)
      for (const range of lacking) await this.#leave(device, range)
    }
  }

  /** It may be on, and only no neighbour. */
  #dial(device: DeviceId): void {
    const { clock, space } = this.#options
    const now = clock.monotonic()
    if (now - (this.#dialled.get(device) ?? -Infinity) < DIAL_MS) return
    this.#dialled.set(device, now)
    // Where it is off its share waits for it, as it does anyway.
    space.dial(device).catch(() => undefined)
  }

  async #leave(device: DeviceId, { from, journal, to }: OwnRange): Promise<void> {
    const { mailbox, space } = this.#options
    for (let next = this.#nextFor(device, journal, from); next <= to;) {
      const excerpt = await space.journal.excerptFrom({ journal, from: next })
      if (excerpt === undefined) return
      const content = encodeCbor({ space: fromBase64url(space.space), frame: excerpt.frame })
      // An entry that is too large for any parcel waits until the device is here.
      if (content.length > MAX_CONTENT_BYTES) return
      const name = nameOf(space.space, excerpt)
      const left: Left = { device, name, journal, from: next, to: excerpt.to, bytes: content.length }
      if (this.#left.get(keyOf(left))?.to !== left.to) {
        await mailbox.leave({ to: device, name, content, exclude: space.state.devices() })
        this.#left.set(keyOf(left), left)
        await this.#write('put', left)
      }
      next = excerpt.to + 1
    }
  }

  /** Where the last parcel begins, while that is small, or else after it. */
  #nextFor(device: DeviceId, journal: string, from: number): number {
    let last: Left | undefined
    for (const left of this.#left.values()) {
      if (left.device === device && left.journal === journal && left.to > (last?.to ?? 0)) last = left
    }
    if (last === undefined || last.to < from) return from
    return last.bytes < SMALL_BYTES ? last.from : last.to + 1
  }

  /** What a device is known to have by now. */
  async #takeBack(device: DeviceId, lacking: readonly OwnRange[]): Promise<void> {
    for (const [key, left] of this.#left) {
      if (left.device !== device) continue
      const first = lacking.find(({ journal }) => journal === left.journal)
      if (first !== undefined && left.to >= first.from) continue
      this.#left.delete(key)
      await this.#options.mailbox.withdraw(device, left.name)
      await this.#write('delete', left)
    }
  }

  async #write(type: 'put' | 'delete', left: Left): Promise<void> {
    const key = concatBytes(this.#prefix, publicKeyOf(left.device), utf8(left.name).subarray(-96))
    const value = encodeCbor({ ...left, device: publicKeyOf(left.device) })
    await this.#options.store.write([type === 'put' ? { type, key, value } : { type, key }], { durable: false })
  }
}

/** What a parcel carries. `undefined` for anything else. */
export function readParcel(content: Uint8Array): { readonly space: SpaceId; readonly frame: Uint8Array } | undefined {
  const fields = decodeCborMap(content, MAX_CONTENT_BYTES)
  const space = readBytes(fields?.get('space'), 32)
  const frame = fields?.get('frame')
  if (space === undefined || !(frame instanceof Uint8Array)) return undefined
  return { space: parseSpaceId(toBase64url(space)), frame }
}

/** By where it begins: a longer parcel takes the place of a shorter one. */
function nameOf(space: SpaceId, { from, journal }: Pick<OwnRange, 'from' | 'journal'>): string {
  return `${space.slice(0, 16)} ${journal.slice(-82)} ${from}`
}

function keyOf({ device, name }: Left): string {
  return `${device} ${name}`
}

function readLeft(value: Uint8Array, devices: readonly DeviceId[]): Left | undefined {
  const fields = decodeCborMap(value, 4096)
  const key = readBytes(fields?.get('device'), 32)
  const device = key === undefined ? undefined : devices.find((known) => bytesEqual(publicKeyOf(known), key))
  const name = readText(fields?.get('name'), 256)
  const journal = readText(fields?.get('journal'), 256)
  const from = readWhole(fields?.get('from'), 1, Number.MAX_SAFE_INTEGER)
  const to = readWhole(fields?.get('to'), 1, Number.MAX_SAFE_INTEGER)
  if (device === undefined || name === undefined || journal === undefined) return undefined
  const bytes = readWhole(fields?.get('bytes'), 0, MAX_CONTENT_BYTES)
  if (from === undefined || to === undefined || bytes === undefined) return undefined
  return { device, name, journal, from, to, bytes }
}
