import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { Entry } from '../journal/entry-types.ts'
import type { Projection } from '../journal/projection.ts'
import { prefixRange } from '../store/keys.ts'
import type { Transaction } from '../store/transaction.ts'
import { KINDS } from './bodies.ts'
import type { MessagesEvents } from './messages-events.ts'
import { PREFIX } from './records.ts'
import type { SameAuthor } from './same-author.ts'
import { sameDevice } from './same-author.ts'
import { readStatement } from './statement.ts'
import { StatementBatch } from './statement-batch.ts'

export interface MessagesProjectionOptions {
  readonly clock: Clock
  readonly sameAuthor?: SameAuthor
}

/**
 * Channels and messages as records. Its shared state depends on nothing but the set of bodies and their authors: not
 * on the order of arrival, not on repetition, and not on anybody's clock (SPEC.md).
 */
export class MessagesProjection implements Projection {
  readonly name = 'messages'
  readonly version = 2
  readonly kinds: readonly string[] = KINDS
  readonly events = new Emitter<MessagesEvents>()
  readonly sameAuthor: SameAuthor
  readonly #clock: Clock

  constructor(options: MessagesProjectionOptions) {
    this.#clock = options.clock
    this.sameAuthor = options.sameAuthor ?? sameDevice
  }

  async apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const statements = entries.map(readStatement).filter((statement) => statement !== undefined)
    const batch = await StatementBatch.load(statements, transaction, this.sameAuthor)
    const now = this.#clock.now()
    for (const statement of statements) batch.add(statement, now)
    batch.write()
    return () => batch.announce(this.events)
  }

  async reset(transaction: Transaction): Promise<void> {
    for (const [key] of await transaction.entries(prefixRange(PREFIX))) transaction.delete(key)
  }

  rebuilt(): void {
    this.events.emit('channels:changed', {})
    this.events.emit('messages:rebuilt', {})
  }
}
