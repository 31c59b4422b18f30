import { bytesEqual, fromBase64url } from '../base/bytes.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import type { EntryReference } from '../journal/entry-types.ts'
import { prefixRange } from '../store/keys.ts'
import type { KeyRange, RecordStore } from '../store/record-store.ts'
import type { Annotation } from './annotation.ts'
import { decodeAnnotation } from './annotation.ts'
import { decodeBody } from './bodies.ts'
import { isLater } from './channel-state.ts'
import { MAX_PAGE, MAX_UNREAD, MAX_UNREAD_SCAN } from './constants.ts'
import type { HybridTime } from './hybrid-clock.ts'
import type { SameAuthor } from './same-author.ts'
import { ID_BYTES, placeFromBytes } from './places.ts'
import * as records from './records.ts'

/** A message as the records have it, edits and reactions taken in. */
export interface StoredView {
  readonly id: MessageId
  readonly channel: ChannelId
  readonly device: DeviceId
  readonly text: string
  /** The author's wall time in milliseconds. */
  readonly at: number
  /** The author's wall time of the last edit; absent: never edited. */
  readonly editedAt?: number
  readonly replyTo?: MessageId
  readonly mentions: readonly DeviceId[]
  /** Most given first. */
  readonly reactions: readonly { readonly emoji: string; readonly by: readonly DeviceId[] }[]
  readonly clockOff: boolean
  /** Where it stands: in its channel and in the journals. */
  readonly stands: { readonly clock: HybridTime; readonly reference: EntryReference }
}

export interface StoredPage {
  /** Oldest first. */
  readonly messages: readonly StoredView[]
  /** There are older ones. */
  readonly more: boolean
}

type Said = readonly (readonly [DeviceId, Annotation])[]

/** Reads messages out of the records. Deleted messages are not there for it. */
export class MessageReader {
  readonly #store: RecordStore
  readonly #sameAuthor: SameAuthor

  constructor(store: RecordStore, sameAuthor: SameAuthor) {
    this.#store = store
    this.#sameAuthor = sameAuthor
  }

  /**
   * The latest messages of a channel, or those just before `before`: one scan from the end, whose cost follows the
   * page and not the channel.
   */
  async page(
    channel: ChannelId,
    options: { readonly limit: number; readonly before?: Uint8Array },
  ): Promise<StoredPage> {
    const limit = Math.max(1, Math.min(options.limit, MAX_PAGE))
    const all = prefixRange(records.messagesPrefix(channel))
    const lt = options.before === undefined ? all.lt : records.messageKeyAt(options.before)
    const messages: StoredView[] = []
    for await (const message of this.#scanBack({ gte: all.gte, lt })) {
      if (messages.length === limit) return { messages: messages.reverse(), more: true }
      messages.push(message)
    }
    return { messages: messages.reverse(), more: false }
  }

  async *#scanBack(range: KeyRange, maxRecords = Number.POSITIVE_INFINITY): AsyncGenerator<StoredView> {
    // What devices said about a message sorts behind it, so going back it comes first.
    let said: (readonly [Uint8Array, Uint8Array])[] = []
    let scanned = 0
    for await (const [key, value] of this.#store.entries({ ...range, reverse: true })) {
      if (++scanned > maxRecords) return
      if (key.length > records.MESSAGE_KEY_BYTES) {
        said.push([key, value])
        continue
      }
      const view = this.#view(key, value, said)
      said = []
      if (view !== undefined) yield view
    }
  }

  /** `undefined` where there is no such message, or not yet, or no longer. */
  async find(message: MessageId): Promise<StoredView | undefined> {
    const place = await this.place(message)
    if (place === undefined) return undefined
    const key = records.messageKeyAt(place)
    if ((await this.#store.get(records.annotatedKey(place))) === undefined) {
      const value = await this.#store.get(key)
      return value === undefined ? undefined : this.#view(key, value, [])
    }
    for await (const view of this.#scanBack(prefixRange(key))) return view
    return undefined
  }

  /** Where a message stands, deleted ones included. */
  async place(message: MessageId): Promise<Uint8Array | undefined> {
    return await this.#store.get(records.indexKey(message))
  }

  #view(
    key: Uint8Array,
    value: Uint8Array,
    records_: readonly (readonly [Uint8Array, Uint8Array])[],
  ): StoredView | undefined {
    const stored = records.decodeMessage(value)
    const body = decodeBody('message.post', stored.body, Number.MAX_SAFE_INTEGER)
    if (body?.kind !== 'message.post') return undefined
    const said = annotationsOf(key, records_)
    const byAuthor = said.filter(([device]) => this.#sameAuthor(stored.device, device))
    if (byAuthor.some(([, annotation]) => annotation.deleted)) return undefined
    const edit = latestEdit(byAuthor)
    return {
      id: placeFromBytes(records.placeOfKey(key)).id,
      channel: body.channel,
      device: stored.device,
      text: edit?.text ?? body.text,
      at: body.at,
      ...(edit === undefined ? {} : { editedAt: edit.at }),
      ...(body.replyTo === undefined ? {} : { replyTo: body.replyTo }),
      mentions: body.mentions,
      reactions: gatherReactions(said),
      clockOff: stored.clockOff,
      stands: { clock: body.clock, reference: stored.reference },
    }
  }

  /** Messages of others after the mark, counted up to MAX_UNREAD. */
  async countUnread(channel: ChannelId, mark: Uint8Array | undefined, self: DeviceId): Promise<number> {
    const { gte, lt } = prefixRange(records.messagesPrefix(channel))
    const after =
      mark === undefined ? gte : prefixRange(records.messageKeyAt(records.placeOf(fromBase64url(channel), mark))).lt
    let unread = 0
    for await (const view of this.#scanBack({ gte: after, lt }, MAX_UNREAD_SCAN)) {
      if (view.device !== self && ++unread >= MAX_UNREAD) break
    }
    return unread
  }

  async tally(channel: ChannelId): Promise<records.Tally | undefined> {
    const value = await this.#store.get(records.tallyKey(channel))
    return value === undefined ? undefined : records.decodeTally(value)
  }

  /** The greatest hybrid time that anything applied here bears. */
  async clock(): Promise<HybridTime> {
    return records.decodeClock(await this.#store.get(records.CLOCK_KEY))
  }
}

/** Whether the place is in the channel. */
export function isIn(place: Uint8Array, channel: ChannelId): boolean {
  return bytesEqual(place.subarray(0, ID_BYTES), fromBase64url(channel))
}

function annotationsOf(message: Uint8Array, said: readonly (readonly [Uint8Array, Uint8Array])[]): Said {
  return said
    .filter(([key]) => bytesEqual(key.subarray(0, records.MESSAGE_KEY_BYTES), message))
    .map(([key, value]) => [records.deviceOfKey(key), decodeAnnotation(value)])
}

function latestEdit(said: Said): Annotation['edit'] {
  let latest: Annotation['edit']
  for (const [, { edit }] of said) if (isLater(edit?.order, latest?.order)) latest = edit
  return latest
}

function gatherReactions(said: Said): StoredView['reactions'] {
  const byEmoji = new Map<string, DeviceId[]>()
  for (const [device, { reactions }] of said) {
    for (const { emoji, on } of reactions) {
      if (!on) continue
      const by = byEmoji.get(emoji) ?? []
      byEmoji.set(emoji, by)
      by.push(device)
    }
  }
  return [...byEmoji]
    .map(([emoji, by]) => ({ emoji, by: by.sort() }))
    .sort((a, b) => b.by.length - a.by.length || (a.emoji < b.emoji ? -1 : 1))
}
