import { compareBytes, toBase64url } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import { parseMessageId } from '../base/ids.ts'
import { Mutex } from '../base/mutex.ts'
import type { Random } from '../base/random.ts'
import type { EntryReference } from '../journal/entry-types.ts'
import type { Journal } from '../journal/journal.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Body } from './bodies.ts'
import { encodeBody } from './bodies.ts'
import type { Channel } from './channel-directory.ts'
import { findChannel, listedChannels } from './channel-directory.ts'
import type { ChannelState } from './channel-state.ts'
import { decodeChannel } from './channel-state.ts'
import { MAX_CHANNEL_NAME_BYTES, MAX_CHANNELS, MAX_MENTIONS, MAX_PAGE, MAX_TEXT_BYTES } from './constants.ts'
import {
  ChannelExistsError,
  ChannelNameError,
  MessageInvalidError,
  MessageNotFoundError,
  MessageTooLongError,
  NotAuthorError,
  TooManyChannelsError,
} from './errors.ts'
import type { HybridTime } from './hybrid-clock.ts'
import { EARLIEST, laterOf, nextHybrid } from './hybrid-clock.ts'
import type { StoredView } from './message-reader.ts'
import { isIn, MessageReader } from './message-reader.ts'
import type { MessagesEvents } from './messages-events.ts'
import type { MessagesProjection } from './messages-projection.ts'
import type { Place } from './places.ts'
import { ID_BYTES, idBytesOf } from './places.ts'
import { channelKey, channelOfKey, channelsPrefix, readMarkKey } from './records.ts'
import { isChannelName, isEmoji, isMessageText, withPlainLineEnds } from './text-rules.ts'

export interface MessagesOptions {
  readonly journal: Pick<Journal, 'device' | 'append' | 'holders'>
  /** How many machines the swarm has. */
  readonly machines: () => number
  /** The one that the journal feeds. */
  readonly projection: MessagesProjection
  /** Where the projection writes. */
  readonly store: RecordStore
  readonly clock: Clock
  readonly random: Random
  /** Where there is one channel that nobody makes, as in a private space; then others are neither made nor found. */
  readonly only?: () => Omit<Channel, 'label'> | undefined
}

/** A message with what is known of its copies. */
export interface MessageView extends Omit<StoredView, 'stands'> {
  /** Where it stands in the journals. */
  readonly reference: EntryReference
  readonly own: boolean
  /** Machines known to hold it, this one included. */
  readonly holders: readonly DeviceId[]
  /** How many those are, of how many machines in all. */
  readonly copies: number
  readonly machines: number
}

export interface MessagePageView {
  readonly channel: ChannelId
  /** Oldest first. */
  readonly messages: readonly MessageView[]
  /** There are older ones. */
  readonly more: boolean
}

export interface ChannelView extends Channel {
  /** Messages in all, deleted ones included. */
  readonly messages: number
  /** Wall time of the newest in milliseconds; null while empty. */
  readonly lastAt: number | null
  /** Messages of others that were not marked as read on this machine: at most MAX_UNREAD, which stands for "and more". */
  readonly unread: number
}

/** Channels and messages, as people and programs use them. `channel` is an id, a label or a name throughout. */
export interface Messages {
  readonly events: Emitter<MessagesEvents>
  /** @throws ChannelExistsError, ChannelNameError, TooManyChannelsError */
  createChannel(name: string): Promise<{ readonly id: ChannelId }>
  /** All channels, without a look at what was said in them. */
  channels(): Promise<readonly Channel[]>
  listChannels(): Promise<readonly ChannelView[]>
  renameChannel(channel: string, name: string): Promise<void>
  deleteChannel(channel: string): Promise<void>
  /**
   * Resolves once the message is on this disk for good.
   * @throws ChannelNotFoundError, ChannelAmbiguousError, MessageTooLongError, MessageInvalidError
   */
  post(channel: string, text: string, options?: PostOptions): Promise<{ readonly id: MessageId }>
  /** @throws MessageNotFoundError, NotAuthorError, MessageTooLongError, MessageInvalidError */
  edit(message: string, text: string): Promise<void>
  /** @throws MessageNotFoundError, NotAuthorError */
  delete(message: string): Promise<void>
  react(message: string, reaction: { readonly emoji: string; readonly on: boolean }): Promise<void>
  /** The latest messages, or those just before a given one. */
  read(channel: string, options?: ReadOptions): Promise<MessagePageView>
  /** `undefined` where there is none, or none any more. */
  find(message: string): Promise<MessageView | undefined>
  /** How many machines hold what stands there, as MessageView says it; asks memory alone. */
  copies(reference: EntryReference): { readonly copies: number; readonly machines: number }
  /** Everything up to this message is read on this machine. */
  markRead(channel: string, message: string): Promise<void>
}

export interface PostOptions {
  readonly replyTo?: string | undefined
  readonly mentions?: readonly DeviceId[] | undefined
}

export interface ReadOptions {
  /** DEFAULT_PAGE unless given; at most MAX_PAGE. */
  readonly limit?: number | undefined
  readonly before?: string | undefined
}

const DEFAULT_PAGE = 50

export function createMessages(options: MessagesOptions): Messages {
  return new MessageService(options)
}

class MessageService implements Messages {
  readonly events: Emitter<MessagesEvents>
  readonly #journal: MessagesOptions['journal']
  readonly #store: RecordStore
  readonly #projection: MessagesProjection
  readonly #machines: () => number
  readonly #reader: MessageReader
  readonly #clock: Clock
  readonly #random: Random
  readonly #only: MessagesOptions['only']
  /** One channel is made at a time, so that two calls don't make the same name. */
  readonly #creating = new Mutex()
  /** The last that this machine gave out: its entry may not be applied yet. */
  #lastTime: HybridTime = EARLIEST

  constructor(options: MessagesOptions) {
    this.#journal = options.journal
    this.#store = options.store
    this.#machines = options.machines
    this.#projection = options.projection
    this.#reader = new MessageReader(options.store, options.projection.sameAuthor)
    this.#clock = options.clock
    this.#random = options.random
    this.#only = options.only
    this.events = options.projection.events
  }

  async createChannel(name: string): Promise<{ readonly id: ChannelId }> {
    const proper = properName(name)
    return await this.#creating.run(async () => {
      const channels = await this.channels()
      const same = channels.find((channel) => channel.name === proper)
      if (same !== undefined) throw new ChannelExistsError(same.label)
      if (channels.length >= MAX_CHANNELS) throw new TooManyChannelsError(MAX_CHANNELS)
      return { id: (await this.#append((stamp) => ({ kind: 'channel.create', ...stamp, name: proper }))) as ChannelId }
    })
  }

  async listChannels(): Promise<readonly ChannelView[]> {
    const channels = await this.channels()
    return await Promise.all(
      channels.map(async (channel) => {
        const tally = await this.#reader.tally(channel.id)
        if (tally === undefined) return { ...channel, messages: 0, lastAt: null, unread: 0 }
        const mark = await this.#store.get(readMarkKey(channel.id))
        const allRead = mark !== undefined && compareBytes(tally.lastOrder, mark) <= 0
        const unread = allRead ? 0 : await this.#reader.countUnread(channel.id, mark, this.#journal.device)
        return { ...channel, messages: tally.messages, lastAt: tally.lastAt, unread }
      }),
    )
  }

  async renameChannel(asked: string, name: string): Promise<void> {
    const proper = properName(name)
    const channels = await this.channels()
    const channel = findChannel(channels, asked)
    const same = channels.find((other) => other.name === proper)
    if (same?.id === channel.id) return
    if (same !== undefined) throw new ChannelExistsError(same.label)
    await this.#append((stamp) => ({ kind: 'channel.rename', ...stamp, channel: channel.id, name: proper }))
  }

  async deleteChannel(asked: string): Promise<void> {
    const channel = await this.#channelId(asked)
    await this.#append((stamp) => ({ kind: 'channel.delete', ...stamp, channel }))
  }

  async post(asked: string, text: string, options: PostOptions = {}): Promise<{ readonly id: MessageId }> {
    const proper = properText(text)
    const mentions = options.mentions ?? []
    if (mentions.length > MAX_MENTIONS) {
      throw new MessageInvalidError(`A message can mention ${MAX_MENTIONS} at most. Leave some out.`)
    }
    const channel = await this.#channelId(asked)
    const replyTo = options.replyTo === undefined ? undefined : parseMessageId(options.replyTo)
    if (replyTo !== undefined) await this.#placeIn(channel, replyTo)
    const body = { channel, text: proper, replyTo, mentions } as const
    return { id: (await this.#append((stamp) => ({ kind: 'message.post', ...stamp, ...body }))) as MessageId }
  }

  async edit(id: string, text: string): Promise<void> {
    const proper = properText(text)
    const view = await this.#ownMessage(id, 'edit')
    if (view.text === proper) return
    await this.#append((stamp) => ({ kind: 'message.edit', ...stamp, message: placeOfView(view), text: proper }))
  }

  async delete(id: string): Promise<void> {
    const view = await this.#ownMessage(id, 'delete')
    await this.#append((stamp) => ({ kind: 'message.delete', ...stamp, message: placeOfView(view) }))
  }

  async react(id: string, { emoji, on }: { readonly emoji: string; readonly on: boolean }): Promise<void> {
    if (!isEmoji(emoji)) throw new MessageInvalidError('A reaction is one emoji. Choose one from the list.')
    const view = await this.#message(id)
    const isOn = view.reactions.some(
      (reaction) => reaction.emoji === emoji && reaction.by.includes(this.#journal.device),
    )
    if (isOn === on) return
    await this.#append((stamp) => ({ kind: 'message.react', ...stamp, message: placeOfView(view), emoji, on }))
  }

  async read(asked: string, options: ReadOptions = {}): Promise<MessagePageView> {
    const channel = await this.#channelId(asked)
    const limit = Math.min(options.limit ?? DEFAULT_PAGE, MAX_PAGE)
    const before = options.before === undefined ? undefined : await this.#placeIn(channel, options.before)
    const page = await this.#reader.page(channel, before === undefined ? { limit } : { limit, before })
    const machines = this.#machines()
    return { channel, messages: page.messages.map((view) => this.#withCopies(view, machines)), more: page.more }
  }

  async find(id: string): Promise<MessageView | undefined> {
    const view = await this.#reader.find(parseMessageId(id))
    return view === undefined ? undefined : this.#withCopies(view, this.#machines())
  }

  copies(reference: EntryReference): { readonly copies: number; readonly machines: number } {
    const copies = this.#journal.holders(reference).length
    return { copies, machines: Math.max(this.#machines(), copies) }
  }

  async markRead(asked: string, message: string): Promise<void> {
    const channel = await this.#channelId(asked)
    const order = (await this.#placeIn(channel, message)).subarray(ID_BYTES)
    const key = readMarkKey(channel)
    const mark = await this.#store.get(key)
    if (mark !== undefined && compareBytes(order, mark) <= 0) return
    await this.#store.write([{ type: 'put', key, value: order }], { durable: false })
    // Every window on this peer counts what is unread.
    this.events.emit('channels:changed', {})
  }

  #withCopies({ stands, ...view }: StoredView, machines: number): MessageView {
    const holders = this.#journal.holders(stands.reference)
    const own = view.device === this.#journal.device
    const copies = holders.length
    return { ...view, reference: stands.reference, own, holders, copies, machines: Math.max(machines, copies) }
  }

  async channels(): Promise<readonly Channel[]> {
    if (this.#only !== undefined) {
      const only = this.#only()
      return only === undefined ? [] : [{ ...only, label: only.name }]
    }
    const states: (readonly [ChannelId, ChannelState])[] = []
    // More than anybody may make, so that a flood of them ends here and not in memory.
    for await (const [key, value] of this.#store.entries({ ...prefixRange(channelsPrefix), limit: MAX_CHANNELS * 4 })) {
      states.push([channelOfKey(key), decodeChannel(value)])
    }
    return listedChannels(states)
  }

  /** An id, as programs use it, costs one look-up however many channels there are. */
  async #channelId(asked: string): Promise<ChannelId> {
    if (this.#only === undefined && /^[A-Za-z0-9_-]{22}$/.test(asked)) {
      const id = asked as ChannelId
      const [channel] = listedChannels([[id, decodeChannel(await this.#store.get(channelKey(id)))]])
      if (channel !== undefined) return id
    }
    return findChannel(await this.channels(), asked).id
  }

  async #placeIn(channel: ChannelId, message: string): Promise<Uint8Array> {
    const place = await this.#reader.place(parseMessageId(message))
    if (place === undefined || !isIn(place, channel)) throw new MessageNotFoundError(message)
    return place
  }

  async #message(id: string): Promise<StoredView> {
    const view = await this.#reader.find(parseMessageId(id))
    if (view === undefined) throw new MessageNotFoundError(id)
    return view
  }

  async #ownMessage(id: string, what: 'edit' | 'delete'): Promise<StoredView> {
    const view = await this.#message(id)
    if (!this.#projection.sameAuthor(view.device, this.#journal.device)) throw new NotAuthorError(what)
    return view
  }

  /** Writes one statement and returns the id of what it makes. */
  async #append(make: (stamp: Pick<Body, 'nonce' | 'clock' | 'at'>) => Body): Promise<string> {
    const known = await this.#reader.clock()
    // From here to `append` nothing waits: entries stand in the journal in the order of their clocks.
    const wall = Math.max(0, Math.floor(this.#clock.now()))
    const clock = nextHybrid(laterOf(known, this.#lastTime), wall)
    this.#lastTime = clock
    const { kind, bytes, id } = this.#draft((nonce) => make({ nonce, clock, at: Math.min(wall, clock.time) }))
    await this.#journal.append([{ kind, body: bytes }])
    return id
  }

  /** Draws until the id does not begin with a dash, which a command line would take for an option. */
  #draft(make: (nonce: Uint8Array) => Body): {
    readonly kind: string
    readonly bytes: Uint8Array
    readonly id: string
  } {
    for (;;) {
      const body = make(this.#random.bytes(ID_BYTES))
      const bytes = encodeBody(body)
      const id = toBase64url(idBytesOf(this.#journal.device, bytes))
      if (!id.startsWith('-')) return { kind: body.kind, bytes, id }
    }
  }
}

function placeOfView(view: StoredView): Place {
  return { channel: view.channel, clock: view.stands.clock, id: view.id }
}

function properName(name: string): string {
  const proper = name.trim().replace(/^#/, '').trim().normalize('NFC')
  if (!isChannelName(proper)) throw new ChannelNameError(MAX_CHANNEL_NAME_BYTES)
  return proper
}

function properText(text: string): string {
  // A byte order mark says nothing inside a text, and decoders take it away.
  const proper = withPlainLineEnds(text.replace(/^\uFEFF+/, ''))
  const bytes = Buffer.byteLength(proper)
  if (bytes > MAX_TEXT_BYTES) throw new MessageTooLongError(bytes, MAX_TEXT_BYTES)
  if (proper.trim() === '') throw new MessageInvalidError('The message is empty. Write something first.')
  if (!isMessageText(proper)) {
    throw new MessageInvalidError('The message holds control characters, which cannot be shown. Send plain text.')
  }
  return proper
}
