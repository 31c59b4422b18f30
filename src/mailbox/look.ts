import { toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { pause } from '../base/clock.ts'
import { InvalidInputError } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { FETCH_ALL_BYTES, MAX_FETCHED, MAX_FRESH, MAX_PAGES, RECOGNISED_AT_ONCE } from './constants.ts'
import type { Conversation } from './conversation.ts'
import { planFetch } from './fetch-plan.ts'
import type { Fetched, Inbox } from './inbox.ts'
import type { Listed } from './protocol.ts'

/** Looks through one machine for what is new, as every device does alike, so that it can't tell what is for whom. */
export class Look {
  readonly #machine: DeviceId
  readonly #inbox: Inbox
  readonly #random: Random
  readonly #clock: Clock
  /** Up to where it was listed. */
  #next = 0
  /** Listed, and not fetched from anywhere yet; by tag in hex. */
  readonly #fresh = new Map<string, Listed>()
  /** Whether a tag, in hex, is one of this device's; of those that it was asked of. */
  readonly #own = new Map<string, boolean>()

  constructor(machine: DeviceId, options: { readonly inbox: Inbox; readonly random: Random; readonly clock: Clock }) {
    this.#machine = machine
    this.#inbox = options.inbox
    this.#random = options.random
    this.#clock = options.clock
  }

  /** @param left tags in hex of what this device left there itself */
  async run(conversation: Conversation, left: ReadonlySet<string>): Promise<void> {
    await this.#list(conversation)
    for (const tag of this.#fresh.keys()) {
      if (left.has(tag) || this.#inbox.knows(tag, this.#machine)) this.#forget(tag)
    }
    const unclaimed = [...this.#fresh].flatMap(([tag, listed]) => (this.#inbox.isClaimed(tag) ? [] : [listed]))
    const isMuch = unclaimed.reduce((sum, { bytes }) => sum + bytes, 0) > FETCH_ALL_BYTES
    if (isMuch) await this.#recognise(unclaimed)
    const planned = planFetch(unclaimed, ({ tag }) => this.#own.get(toHex(tag)) === true, this.#random)
    const claim = this.#inbox.claim(planned.map(({ tag }) => toHex(tag)))
    try {
      await this.#fetch(conversation, planned)
    } finally {
      claim.dispose()
    }
  }

  async #list(conversation: Conversation): Promise<void> {
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await conversation.ask({ type: 'list', from: this.#next }, 'listed')
      if (page.next < this.#next || (page.more && page.items.length === 0)) {
        throw new InvalidInputError('a mailbox whose list does not go on')
      }
      this.#next = page.next
      for (const listed of page.items) if (this.#fresh.size < MAX_FRESH) this.#fresh.set(toHex(listed.tag), listed)
      if (!page.more) return
    }
  }

  /** A few at a time: with many members and a full machine it takes seconds in all. */
  async #recognise(listed: readonly Listed[]): Promise<void> {
    const unknown = listed.filter(({ tag }) => !this.#own.has(toHex(tag)))
    for (const [index, { tag }] of unknown.entries()) {
      if (index % RECOGNISED_AT_ONCE === 0) await pause(this.#clock, 0)
      this.#own.set(toHex(tag), this.#inbox.isOwn(tag))
    }
  }

  async #fetch(conversation: Conversation, planned: readonly Listed[]): Promise<void> {
    let at = 0
    while (at < planned.length) {
      const asked = planned.slice(at, at + MAX_FETCHED)
      const { boxes } = await conversation.ask({ type: 'fetch', tags: asked.map(({ tag }) => tag) }, 'boxes')
      if (boxes.length === 0 || boxes.length > asked.length) {
        throw new InvalidInputError('a mailbox that gives other envelopes than were asked for')
      }
      const answered = asked.slice(0, boxes.length)
      const fetched = answered.flatMap(({ bytes, tag }, index): Fetched[] => {
        const box = boxes[index]
        if (box !== undefined && box.length !== bytes)
          throw new InvalidInputError('an envelope of another size than listed')
        return box === undefined ? [] : [{ tag, box }]
      })
      const own = await this.#inbox.take(fetched, this.#machine)
      for (const { tag } of answered) this.#forget(toHex(tag))
      if (own.length > 0) void this.#inbox.deliver(own)
      at += boxes.length
    }
  }

  #forget(tag: string): void {
    this.#fresh.delete(tag)
    this.#own.delete(tag)
  }
}
