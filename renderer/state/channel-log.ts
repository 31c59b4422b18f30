import type { ApiClient } from '../../src/api/client/index.ts'
import type { Message } from '../../src/api/contract/index.ts'
import { codeOfError, isPeerGone, messageOfError } from '../connection/api.ts'
import { now } from '../time/clock.ts'
import { Cell } from './cell.ts'
import { trimmed, withChanged, withNewestPage, withOlder } from './message-list.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { PendingMessage } from './pending-message.ts'
import { Refresher } from './refresher.ts'
import { TypingNames } from './typing-names.ts'

const PAGE = 60
/** Others see "is typing" for a few seconds after each of these. */
const TYPING_EVERY_MS = 2500

export interface LogState {
  /** Oldest first; null until first read. */
  readonly messages: readonly Message[] | null
  readonly more: boolean
  readonly loadingOlder: boolean
  readonly error: string | null
}

/** One channel's messages as far as they are loaded, and those on their way. */
export class ChannelLog {
  readonly channel: string
  readonly state = new Cell<LogState>({ messages: null, more: false, loadingOlder: false, error: null })
  readonly pending = new Cell<readonly PendingMessage[]>([])
  readonly typing = new TypingNames()
  /** Pixels from the top of what was seen to the end, when it was left; null: it was left at the end. */
  #scroll: number | null = null
  readonly #peer: PeerCalls
  readonly #detach: () => void
  readonly #newest = new Refresher(() => this.#readNewest())
  /** Any of what is loaded may have changed, or be gone. */
  #rereadsAll = false
  #lastTyping = 0
  #lastMarked = ''
  #nextKey = 0

  constructor(peer: PeerCalls, channel: string) {
    this.#peer = peer
    this.channel = channel
    this.#detach = peer.attach((client) => this.#watch(client))
  }

  get scroll(): number | null {
    return this.#scroll
  }

  leftAt(scroll: number | null): void {
    this.#scroll = scroll
  }

  dispose(): void {
    this.#newest.stop()
    this.typing.clear()
    this.#detach()
  }

  async loadOlder(): Promise<void> {
    const { messages, more, loadingOlder } = this.state.value
    const first = messages?.[0]
    if (first === undefined || !more || loadingOlder) return
    this.#change({ loadingOlder: true })
    try {
      const page = await this.#peer.call('message.read', { channel: this.channel, limit: PAGE, before: first.id })
      const known = this.state.value.messages ?? []
      this.#change({ messages: withOlder(known, page.messages), more: page.more, loadingOlder: false, error: null })
    } catch (error) {
      this.#change({ loadingOlder: false, error: messageOfError(error) })
    }
  }

  /** Lets go of what was scrolled past, once the newest are looked at again. */
  trim(): void {
    const { messages, more } = this.state.value
    if (messages === null) return
    const kept = trimmed(messages)
    if (kept.cut) this.#change({ messages: kept.messages, more: more || kept.cut })
  }

  send(text: string, replyTo: string | null): void {
    this.#nextKey++
    const message: PendingMessage = {
      key: `pending-${this.#nextKey}`,
      text,
      replyTo,
      at: now(),
      state: { kind: 'saving' },
    }
    this.pending.update((pending) => [...pending, message])
    void this.#push(message)
  }

  retry(key: string): void {
    const message = this.pending.value.find((candidate) => candidate.key === key)
    if (message?.state.kind === 'failed') this.#again(message)
  }

  discard(key: string): void {
    this.#replacePending(key, null)
  }

  /** Tells others that somebody types here; not more often than they need. */
  tellTyping(): void {
    const at = now()
    if (at - this.#lastTyping < TYPING_EVERY_MS) return
    this.#lastTyping = at
    this.#peer.call('message.typing', { channel: this.channel }).catch(() => undefined)
  }

  /** Everything loaded so far has been seen. */
  markRead(): void {
    const last = this.state.value.messages?.at(-1)
    if (last === undefined || last.id === this.#lastMarked) return
    this.#lastMarked = last.id
    this.#peer.call('message.markRead', { channel: this.channel, message: last.id }).catch(() => {
      this.#lastMarked = ''
    })
  }

  #watch(client: ApiClient): () => void {
    const subscriptions = [
      client.on('message:changed', ({ message, isNew }) => {
        if (message.channel === this.channel) this.#changed(message, isNew)
      }),
      client.on('message:deleted', ({ channel, id }) => {
        if (channel === this.channel) this.#deleted(id)
      }),
      client.on('messages:reset', () => {
        this.#rereadsAll = true
        this.#newest.mark()
      }),
      client.on('message:typing', ({ channel, deviceId, name }) => {
        if (channel === this.channel) this.typing.saw(deviceId, name)
      }),
    ]
    this.#newest.now()
    for (const message of this.pending.value) if (message.state.kind === 'waiting') this.#again(message)
    return () => {
      for (const subscription of subscriptions) subscription.dispose()
    }
  }

  async #readNewest(): Promise<void> {
    const limit = this.#rereadsAll ? Math.max(PAGE, this.state.value.messages?.length ?? 0) : PAGE
    this.#rereadsAll = false
    try {
      const page = await this.#peer.call('message.read', { channel: this.channel, limit })
      const known = this.state.value.messages ?? []
      const messages = withNewestPage(known, page.messages)
      const keptOlder = messages.length > page.messages.length
      this.#change({ messages, more: keptOlder ? this.state.value.more : page.more, error: null })
      this.#settlePending(messages)
    } catch (error) {
      if (!isPeerGone(error)) this.#change({ error: messageOfError(error) })
    }
  }

  #changed(message: Message, isNew: boolean): void {
    const messages = this.state.value.messages
    if (messages === null) return
    if (isNew && !message.own) this.typing.gone(message.deviceId)
    const last = messages.at(-1)
    // What comes late belongs further up, and only the peer knows where.
    if (isNew && last !== undefined && message.at < last.at) this.#newest.mark()
    else this.#change({ messages: withChanged(messages, message, isNew) })
    if (message.own) this.#settlePending(this.state.value.messages ?? [])
  }

  #deleted(id: string): void {
    const messages = this.state.value.messages
    if (messages !== null) this.#change({ messages: messages.filter((message) => message.id !== id) })
  }

  #again(message: PendingMessage): void {
    const again: PendingMessage = { ...message, state: { kind: 'saving' } }
    this.#replacePending(message.key, again)
    void this.#push(again)
  }

  async #push(message: PendingMessage): Promise<void> {
    const reply = message.replyTo === null ? {} : { replyTo: message.replyTo }
    try {
      const { id } = await this.#peer.call('message.send', { channel: this.channel, text: message.text, ...reply })
      this.#replacePending(message.key, null)
      if (this.state.value.messages?.some((known) => known.id === id) !== true) this.#newest.mark()
    } catch (error) {
      const waiting = codeOfError(error) === 'OFFLINE'
      const state = waiting ? { kind: 'waiting' as const } : { kind: 'failed' as const, reason: messageOfError(error) }
      this.#replacePending(message.key, { ...message, state })
    }
  }

  /** The peer may have kept a message though its answer was lost: what shows up in the channel did arrive. */
  #settlePending(messages: readonly Message[]): void {
    const arrived = (pending: PendingMessage): boolean =>
      pending.state.kind === 'failed' &&
      messages.some((message) => message.own && message.text === pending.text && message.at >= pending.at)
    if (this.pending.value.some(arrived)) this.pending.update((all) => all.filter((pending) => !arrived(pending)))
  }

  #replacePending(key: string, by: PendingMessage | null): void {
    this.pending.update((all) => all.flatMap((pending) => (pending.key !== key ? [pending] : by === null ? [] : [by])))
  }

  #change(change: Partial<LogState>): void {
    this.state.update((state) => ({ ...state, ...change }))
  }
}
