import { EMPTY_BYTES, toBase64url } from '../base/bytes.ts'
import type { Emitter } from '../base/emitter.ts'
import type { ChannelId, MessageId } from '../base/ids.ts'
import type { Transaction } from '../store/transaction.ts'
import { BatchAnnotations } from './batch-annotations.ts'
import { BatchChannels } from './batch-channels.ts'
import { BatchPosts } from './batch-posts.ts'
import type { HybridTime } from './hybrid-clock.ts'
import { compareHybrid, EARLIEST, laterOf } from './hybrid-clock.ts'
import type { MessagesEvents } from './messages-events.ts'
import type { SameAuthor } from './same-author.ts'
import { orderKey } from './places.ts'
import { CLOCK_KEY, decodeClock } from './records.ts'
import type { Statement, Want } from './statement.ts'

interface Change {
  readonly channel: ChannelId
  readonly kind: 'new' | 'changed' | 'deleted'
}

/**
 * Takes statements into the records: everything that they touch is read at once, changed in memory and written at
 * the end.
 */
export class StatementBatch {
  readonly #transaction: Transaction
  readonly #channels = new BatchChannels()
  readonly #posts = new BatchPosts()
  readonly #annotations: BatchAnnotations
  readonly #changes = new Map<MessageId, Change>()
  #clock: HybridTime = EARLIEST
  #storedClock: HybridTime = EARLIEST

  private constructor(transaction: Transaction, sameAuthor: SameAuthor) {
    this.#transaction = transaction
    this.#annotations = new BatchAnnotations(sameAuthor)
  }

  static async load(
    statements: readonly Statement[],
    transaction: Transaction,
    sameAuthor: SameAuthor,
  ): Promise<StatementBatch> {
    const batch = new StatementBatch(transaction, sameAuthor)
    await batch.#load(statements)
    return batch
  }

  async #load(statements: readonly Statement[]): Promise<void> {
    await this.#read((want) => {
      want(CLOCK_KEY, (value) => {
        this.#storedClock = decodeClock(value)
        this.#clock = this.#storedClock
      })
      for (const statement of statements) this.#loadOne(statement, want)
    })
    await this.#read((want) => {
      for (const statement of statements) {
        const { body } = statement
        if (body.kind === 'message.post') this.#posts.loadDoubtful(statement, body, want)
      }
    })
  }

  /** Reads all that is wanted in one go. */
  async #read(ask: (want: Want) => void): Promise<void> {
    const keys: Uint8Array[] = []
    const takers: ((value: Uint8Array | undefined) => void)[] = []
    ask((key, take) => {
      keys.push(key)
      takers.push(take)
    })
    if (keys.length === 0) return
    const values = await this.#transaction.getMany(keys)
    takers.forEach((take, i) => take(values[i]))
  }

  #loadOne(statement: Statement, want: Want): void {
    const { body, id } = statement
    switch (body.kind) {
      case 'channel.create':
      case 'channel.rename':
      case 'channel.delete':
        this.#channels.load(body, id, want)
        return
      case 'message.post':
        this.#posts.load(statement, body, want)
        return
      case 'message.edit':
      case 'message.delete':
      case 'message.react':
        this.#annotations.load(statement, body, want)
    }
  }

  /** @param now this machine's wall time */
  add(statement: Statement, now: number): void {
    const { body, entry, id } = statement
    this.#clock = laterOf(this.#clock, body.clock)
    switch (body.kind) {
      case 'channel.create':
      case 'channel.rename':
      case 'channel.delete':
        this.#channels.add(statement, body)
        return
      case 'message.post': {
        const name = toBase64url(id) as MessageId
        const place = this.#posts.add(statement, body, name, now, this.#transaction)
        if (place === undefined) return
        this.#annotations.notePost(place, entry.device)
        this.#changes.set(name, { channel: body.channel, kind: 'new' })
        return
      }
      case 'message.edit':
      case 'message.delete':
      case 'message.react': {
        if (!this.#annotations.add(statement, body)) return
        const { channel, id: message } = body.message
        if (body.kind === 'message.delete') this.#changes.set(message, { channel, kind: 'deleted' })
        else if (!this.#changes.has(message)) this.#changes.set(message, { channel, kind: 'changed' })
      }
    }
  }

  /** Hands what changed to the transaction. */
  write(): void {
    this.#channels.write(this.#transaction)
    this.#posts.write(this.#transaction)
    this.#annotations.write(this.#transaction)
    if (compareHybrid(this.#clock, this.#storedClock) > 0) {
      this.#transaction.put(CLOCK_KEY, orderKey(this.#clock, EMPTY_BYTES))
    }
  }

  /** Says what changed, once it is committed. */
  announce(events: Emitter<MessagesEvents>): void {
    if (this.#channels.changed) events.emit('channels:changed', {})
    for (const [message, { channel, kind }] of this.#changes) {
      if (kind === 'deleted') events.emit('message:deleted', { channel, message })
      else events.emit('message:changed', { channel, message, isNew: kind === 'new' })
    }
  }
}
