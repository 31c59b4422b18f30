import { toHex } from '../base/bytes.ts'
import { InvalidInputError } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { MAX_FETCHED, MAX_FRESH, MAX_PAGES } from './constants.ts'
import type { Conversation } from './conversation.ts'
import { planFetch } from './fetch-plan.ts'
import type { Fetched, Inbox } from './inbox.ts'
import type { Listed } from './protocol.ts'

/** Looks through one machine for what is new, as every device does alike, so that it can't tell what is for whom. */
export class Look {
  readonly #machine: DeviceId
  readonly #inbox: Inbox
  readonly #random: Random
  /** Up to where it was listed. */
  #next = 0
  /** Listed, and not fetched from anywhere yet; by tag in hex. */
  readonly #fresh = new Map<string, Listed>()

  constructor(machine: DeviceId, options: { readonly inbox: Inbox; readonly random: Random }) {
    this.#machine = machine
    this.#inbox = options.inbox
    this.#random = options.random
  }

  /** @param left tags in hex of what this device left there itself */
  async run(conversation: Conversation, left: ReadonlySet<string>): Promise<void> {
    await this.#list(conversation)
    for (const tag of this.#fresh.keys()) {
      if (left.has(tag) || this.#inbox.knows(tag, this.#machine)) this.#fresh.delete(tag)
    }
    const unclaimed = [...this.#fresh].flatMap(([tag, listed]) => (this.#inbox.isClaimed(tag) ? [] : [listed]))
    const planned = planFetch(unclaimed, ({ tag }) => this.#inbox.isOwn(tag), this.#random)
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

  async #fetch(conversation: Conversation, planned: readonly Listed[]): Promise<void> {
    let rest = planned
    while (rest.length > 0) {
      const asked = rest.slice(0, MAX_FETCHED)
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
      for (const { tag } of answered) this.#fresh.delete(toHex(tag))
      if (own.length > 0) void this.#inbox.deliver(own)
      rest = rest.slice(boxes.length)
    }
  }
}
