import { toBase64url, toHex } from '../base/bytes.ts'
import type { Emitter } from '../base/emitter.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import type { Transaction } from '../store/transaction.ts'
import type { Annotation } from './annotation.ts'
import { decodeAnnotation, encodeAnnotation, NO_ANNOTATION, reduceAnnotation } from './annotation.ts'
import type { BodyOf } from './bodies.ts'
import type { ChannelState } from './channel-state.ts'
import { decodeChannel, encodeChannel, isLater, reduceChannel } from './channel-state.ts'
import type { HybridTime } from './hybrid-clock.ts'
import { compareHybrid, EARLIEST, laterOf } from './hybrid-clock.ts'
import type { MessagesEvents } from './messages-events.ts'
import { orderKey, placeBytes } from './places.ts'
import type { Tally } from './records.ts'
import * as records from './records.ts'
import type { Statement } from './statement.ts'
import { isClockOff } from './statement.ts'

interface Annotated {
  readonly key: Uint8Array
  annotation: Annotation
  changed: boolean
}

type ChannelStatement = BodyOf<'channel.create' | 'channel.rename' | 'channel.delete'>
type AnnotationStatement = BodyOf<'message.edit' | 'message.delete' | 'message.react'>

/**
 * Takes statements into the records: everything that they touch is read at once, changed in memory and written at the
 * end. The cost of a new message is one look-up that the store's Bloom filter answers, and two writes.
 */
export class StatementBatch {
  readonly #transaction: Transaction
  readonly #sameAuthor: (a: DeviceId, b: DeviceId) => boolean
  /** Messages that are stored already, as hex of their ids. */
  readonly #known = new Set<string>()
  /** Authors of the stored messages that are spoken about, by hex of their place. */
  readonly #authors = new Map<string, DeviceId>()
  readonly #channels = new Map<ChannelId, ChannelState>()
  readonly #changedChannels = new Set<ChannelId>()
  readonly #tallies = new Map<ChannelId, Tally | undefined>()
  readonly #annotations = new Map<string, Annotated>()
  readonly #journalNames = new Map<string, Uint8Array>()
  #clock: HybridTime = EARLIEST
  #storedClock: HybridTime = EARLIEST
  readonly #changes = new Map<
    MessageId,
    { readonly channel: ChannelId; readonly change: 'new' | 'changed' | 'deleted' }
  >()

  private constructor(transaction: Transaction, sameAuthor: (a: DeviceId, b: DeviceId) => boolean) {
    this.#transaction = transaction
    this.#sameAuthor = sameAuthor
  }

  static async load(
    statements: readonly Statement[],
    transaction: Transaction,
    sameAuthor: (a: DeviceId, b: DeviceId) => boolean,
  ): Promise<StatementBatch> {
    const batch = new StatementBatch(transaction, sameAuthor)
    await batch.#load(statements)
    return batch
  }

  async #load(statements: readonly Statement[]): Promise<void> {
    const wanted: { readonly key: Uint8Array; readonly take: (value: Uint8Array | undefined) => void }[] = []
    const want = (key: Uint8Array, take: (value: Uint8Array | undefined) => void): void => {
      wanted.push({ key, take })
    }
    want(records.CLOCK_KEY, (value) => {
      this.#clock = records.decodeClock(value)
      this.#storedClock = this.#clock
    })
    for (const statement of statements) this.#wantOf(statement, want)
    const values = await this.#transaction.getMany(wanted.map(({ key }) => key))
    wanted.forEach(({ take }, i) => take(values[i]))
  }

  #wantOf(
    { body, entry, id }: Statement,
    want: (key: Uint8Array, take: (value: Uint8Array | undefined) => void) => void,
  ): void {
    switch (body.kind) {
      case 'channel.create':
      case 'channel.rename':
      case 'channel.delete': {
        const channel = channelOf(body, id)
        if (this.#channels.has(channel)) return
        this.#channels.set(channel, {})
        want(records.channelKey(channel), (value) => this.#channels.set(channel, decodeChannel(value)))
        return
      }
      case 'message.post': {
        want(records.indexKeyOf(id), (value) => {
          if (value !== undefined) this.#known.add(toHex(id))
        })
        if (this.#tallies.has(body.channel)) return
        this.#tallies.set(body.channel, undefined)
        want(records.tallyKey(body.channel), (value) => {
          if (value !== undefined) this.#tallies.set(body.channel, records.decodeTally(value))
        })
        return
      }
      case 'message.edit':
      case 'message.delete':
      case 'message.react': {
        const key = records.annotationKey(body.message, entry.device)
        const name = toHex(key)
        if (this.#annotations.has(name)) return
        const annotated = { key, annotation: NO_ANNOTATION, changed: false }
        this.#annotations.set(name, annotated)
        want(key, (value) => {
          annotated.annotation = decodeAnnotation(value)
        })
        want(records.messageKey(body.message), (value) => {
          if (value !== undefined)
            this.#authors.set(toHex(placeBytes(body.message)), records.decodeMessage(value).device)
        })
      }
    }
  }

  /** @param now this machine's wall time */
  add(statement: Statement, now: number): void {
    const { body } = statement
    this.#clock = laterOf(this.#clock, body.clock)
    switch (body.kind) {
      case 'channel.create':
      case 'channel.rename':
      case 'channel.delete':
        this.#addToChannel(statement, body)
        return
      case 'message.post':
        this.#addMessage(statement, body, now)
        return
      case 'message.edit':
      case 'message.delete':
      case 'message.react':
        this.#annotate(statement, body)
    }
  }

  #addToChannel({ entry, id, order }: Statement, body: ChannelStatement): void {
    const channel = channelOf(body, id)
    const before = this.#channels.get(channel) ?? {}
    const after = reduceChannel(before, body, order, entry.device)
    if (after === before) return
    this.#channels.set(channel, after)
    this.#changedChannels.add(channel)
  }

  #addMessage({ entry, id, order }: Statement, body: BodyOf<'message.post'>, now: number): void {
    const place = records.placeOf(body.channel, order)
    const value = records.encodeMessage(entry, this.#journalNameOf(entry), { clockOff: isClockOff(body, now) })
    // A double, written anew by its author, replaces where the message is found in the journals, and nothing else.
    this.#transaction.put(records.messageKeyAt(place), value)
    const name = toHex(id)
    if (this.#known.has(name)) return
    this.#known.add(name)
    this.#transaction.put(records.indexKeyOf(id), place)
    this.#authors.set(toHex(place), entry.device)
    const tally = this.#tallies.get(body.channel)
    const isLast = isLater(order, tally?.lastOrder)
    this.#tallies.set(body.channel, {
      messages: (tally?.messages ?? 0) + 1,
      lastOrder: isLast || tally === undefined ? order : tally.lastOrder,
      lastAt: isLast || tally === undefined ? body.at : tally.lastAt,
    })
    this.#changes.set(toBase64url(id) as MessageId, { channel: body.channel, change: 'new' })
  }

  #annotate({ entry, order }: Statement, body: AnnotationStatement): void {
    const annotated = this.#annotations.get(toHex(records.annotationKey(body.message, entry.device)))
    if (annotated === undefined) return
    const after = reduceAnnotation(annotated.annotation, body, order)
    if (after === annotated.annotation) return
    annotated.annotation = after
    annotated.changed = true
    const author = this.#authors.get(toHex(placeBytes(body.message)))
    if (author === undefined) return
    if (body.kind !== 'message.react' && !this.#sameAuthor(author, entry.device)) return
    const { channel, id } = body.message
    const earlier = this.#changes.get(id)?.change
    if (body.kind === 'message.delete') this.#changes.set(id, { channel, change: 'deleted' })
    else if (earlier === undefined) this.#changes.set(id, { channel, change: 'changed' })
  }

  #journalNameOf(entry: Statement['entry']): Uint8Array {
    const { incarnation, branch } = entry.journal
    const name = branch === undefined ? `${entry.device}${incarnation}` : `${entry.device}${incarnation}${branch}`
    const known = this.#journalNames.get(name) ?? records.journalName(entry)
    this.#journalNames.set(name, known)
    return known
  }

  /** Hands what changed to the transaction. */
  write(): void {
    for (const channel of this.#changedChannels) {
      this.#transaction.put(records.channelKey(channel), encodeChannel(this.#channels.get(channel) ?? {}))
    }
    for (const [channel, tally] of this.#tallies) {
      if (tally !== undefined) this.#transaction.put(records.tallyKey(channel), records.encodeTally(tally))
    }
    for (const { key, annotation, changed } of this.#annotations.values()) {
      if (changed) this.#transaction.put(key, encodeAnnotation(annotation))
    }
    if (compareHybrid(this.#clock, this.#storedClock) > 0) {
      this.#transaction.put(records.CLOCK_KEY, orderKey(this.#clock, new Uint8Array(0)))
    }
  }

  /** Says what changed, once it is committed. */
  announce(events: Emitter<MessagesEvents>): void {
    if (this.#changedChannels.size > 0) events.emit('channels:changed', {})
    for (const [message, { channel, change }] of this.#changes) {
      if (change === 'deleted') events.emit('message:deleted', { channel, message })
      else events.emit('message:changed', { channel, message, isNew: change === 'new' })
    }
  }
}

function channelOf(body: ChannelStatement, id: Uint8Array): ChannelId {
  return body.kind === 'channel.create' ? (toBase64url(id) as ChannelId) : body.channel
}
