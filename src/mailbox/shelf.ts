import { toHex } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readWhole } from '../base/cbor.ts'
import type { Clock } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import { Mutex } from '../base/mutex.ts'
import { deviceIdOf, publicKeyOf } from '../identity/device-key.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { MailboxLimits } from './constants.ts'
import { FETCH_BYTES, LIFETIME_MS, MAX_PAGE, MAX_TAGS, TAG_BYTES } from './constants.ts'
import type { Answer, Refusal } from './protocol.ts'
import { BOX_BYTES } from './protocol.ts'
import type { RecordKeys } from './records.ts'

const MAX_RECORD_BYTES = 256

interface Envelope {
  /** Rises with every envelope that comes. */
  readonly number: number
  readonly tag: Uint8Array
  readonly from: DeviceId
  /** Wall time in milliseconds. */
  readonly at: number
  readonly bytes: number
}

export interface ShelfOptions {
  readonly store: RecordStore
  readonly keys: RecordKeys
  readonly clock: Clock
  readonly limits: MailboxLimits
  readonly mayHold: (device: DeviceId) => boolean
  readonly onChange: () => void
}

/** The envelopes that this machine holds for others; it knows who left each, and not whom it is for. */
export class Shelf {
  readonly #options: ShelfOptions
  readonly #mutex = new Mutex()
  /** In the order of their numbers. */
  readonly #envelopes = new Map<string, Envelope>()
  readonly #shares = new Map<DeviceId, { readonly envelopes: number; readonly bytes: number }>()
  #bytes = 0
  #next = 1

  constructor(options: ShelfOptions) {
    this.#options = options
  }

  get held(): { readonly envelopes: number; readonly bytes: number } {
    return { envelopes: this.#envelopes.size, bytes: this.#bytes }
  }

  async load(): Promise<void> {
    const { keys, store } = this.#options
    this.#envelopes.clear()
    this.#shares.clear()
    this.#bytes = 0
    for await (const [key, value] of store.entries(keys.range('envelope'))) {
      const envelope = decode(readUint64Key(keys.nameIn(key), 0), value)
      if (envelope === undefined) continue
      this.#add(envelope)
      this.#next = envelope.number + 1
    }
    await this.sweep()
  }

  /** Keeps an envelope; resolves once it survives a power cut, or to the reason why it is not kept. */
  async put(from: DeviceId, tag: Uint8Array, box: Uint8Array): Promise<Refusal | undefined> {
    return await this.#mutex.run(async () => {
      const refusal = this.#refusal(from, tag, box.length)
      if (refusal !== undefined) return refusal
      const { clock, keys, store } = this.#options
      const envelope = { number: this.#next++, tag, from, at: Math.floor(clock.now()), bytes: box.length }
      const name = uint64Key(envelope.number)
      await store.write(
        [
          { type: 'put', key: keys.key('envelope', name), value: encode(envelope) },
          { type: 'put', key: keys.key('envelopeBox', name), value: box },
        ],
        { durable: true },
      )
      this.#add(envelope)
      this.#options.onChange()
      return undefined
    })
  }

  /** Drops envelopes, of those that the asker left. */
  async withdraw(from: DeviceId, tags: readonly Uint8Array[]): Promise<void> {
    const named = new Set(tags.map(toHex))
    await this.#drop((envelope) => envelope.from === from && named.has(toHex(envelope.tag)))
  }

  /** Drops what is too old, and what those left who are gone. */
  async sweep(): Promise<void> {
    const { clock, mayHold } = this.#options
    const oldest = clock.now() - LIFETIME_MS
    await this.#drop(({ at, from }) => at < oldest || !mayHold(from))
  }

  /** The tags of what the asker left. */
  tagsOf(from: DeviceId): readonly Uint8Array[] {
    const own = [...this.#envelopes.values()].filter((envelope) => envelope.from === from)
    return own.slice(0, MAX_TAGS).map(({ tag }) => tag)
  }

  /** A page of all envelopes, from a number on. */
  page(from: number): Extract<Answer, { readonly type: 'listed' }> {
    const items: Envelope[] = []
    for (const envelope of this.#envelopes.values()) {
      if (envelope.number < from) continue
      if (items.length === MAX_PAGE) return { type: 'listed', items, next: envelope.number, more: true }
      items.push(envelope)
    }
    return { type: 'listed', items, next: this.#next, more: false }
  }

  /** For the first of these tags, as many as fit into an answer. */
  async boxes(tags: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const { keys, store } = this.#options
    const found: (Envelope | undefined)[] = []
    let bytes = 0
    for (const tag of tags) {
      const envelope = this.#envelopes.get(toHex(tag))
      bytes += envelope?.bytes ?? 0
      if (bytes > FETCH_BYTES) break
      found.push(envelope)
    }
    const held = found.filter((envelope) => envelope !== undefined)
    const boxes = await store.getMany(held.map(({ number }) => keys.key('envelopeBox', uint64Key(number))))
    const byTag = new Map(held.map(({ tag }, index) => [toHex(tag), boxes[index]]))
    return found.map((envelope) => (envelope === undefined ? undefined : byTag.get(toHex(envelope.tag))))
  }

  /** Resolves when everything begun has ended. */
  async idle(): Promise<void> {
    await this.#mutex.idle()
  }

  #refusal(from: DeviceId, tag: Uint8Array, bytes: number): Refusal | undefined {
    const { limits } = this.#options
    if (this.#envelopes.has(toHex(tag))) return 'duplicate'
    const share = this.#shares.get(from) ?? NOTHING
    if (share.envelopes >= Math.min(limits.envelopesOfOne, MAX_TAGS)) return 'share'
    if (share.bytes + bytes > limits.bytesOfOne) return 'share'
    return this.#envelopes.size >= limits.envelopes || this.#bytes + bytes > limits.bytes ? 'full' : undefined
  }

  async #drop(isOver: (envelope: Envelope) => boolean): Promise<void> {
    await this.#mutex.run(async () => {
      const { keys, onChange, store } = this.#options
      const over = [...this.#envelopes.values()].filter(isOver)
      if (over.length === 0) return
      const operations = over.flatMap(({ number }): Operation[] => [
        { type: 'delete', key: keys.key('envelope', uint64Key(number)) },
        { type: 'delete', key: keys.key('envelopeBox', uint64Key(number)) },
      ])
      await store.write(operations, { durable: false })
      for (const envelope of over) this.#remove(envelope)
      onChange()
    })
  }

  #add(envelope: Envelope): void {
    this.#envelopes.set(toHex(envelope.tag), envelope)
    this.#count(envelope.from, 1, envelope.bytes)
  }

  #remove(envelope: Envelope): void {
    this.#envelopes.delete(toHex(envelope.tag))
    this.#count(envelope.from, -1, -envelope.bytes)
  }

  #count(from: DeviceId, envelopes: number, bytes: number): void {
    const share = this.#shares.get(from) ?? NOTHING
    const counted = { envelopes: share.envelopes + envelopes, bytes: share.bytes + bytes }
    if (counted.envelopes === 0) this.#shares.delete(from)
    else this.#shares.set(from, counted)
    this.#bytes += bytes
  }
}

const NOTHING = { envelopes: 0, bytes: 0 }

function encode({ at, bytes, from, tag }: Envelope): Uint8Array {
  return encodeCbor({ at, bytes, from: publicKeyOf(from), tag })
}

/** `undefined` for a record that is damaged. */
function decode(number: number, record: Uint8Array): Envelope | undefined {
  const fields = decodeCborMap(record, MAX_RECORD_BYTES)
  const at = readWhole(fields?.get('at'), 0, Number.MAX_SAFE_INTEGER)
  const bytes = readWhole(fields?.get('bytes'), 0, Math.max(...BOX_BYTES))
  const from = readBytes(fields?.get('from'), 32)
  const tag = readBytes(fields?.get('tag'), TAG_BYTES)
  if (at === undefined || bytes === undefined || from === undefined || tag === undefined) return undefined
  return { number, tag, from: deviceIdOf(from), at, bytes }
}
