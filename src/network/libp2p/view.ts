import type { Clock } from '../../base/clock.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Random } from '../../base/random.ts'
import { pick } from '../../base/random.ts'
import { DialError } from '../errors.ts'
import type { ViewSize } from '../partial-view.ts'
import { MIN_LINK_AGE_MS, ROTATE_AGAIN_MS, ROTATE_MS, viewSize } from '../partial-view.ts'
import type { AddressBook } from './address-book.ts'
import type { AddressExchange } from './address-exchange.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
import type { Redialler } from './redialler.ts'

/** A link that is given up stays so long, for the other side to hear that it is on purpose. */
const PARTING_MS = 500
const JITTER = 0.2

export interface ViewOptions {
  readonly links: Links
  readonly book: AddressBook
  readonly clock: Clock
  readonly random: Random
  readonly most: number
  readonly exchange: AddressExchange
  readonly redialler: Redialler
  /** Devices whose links are needed for more than gossip: relays, and those that are relayed. They count beside the view. */
  isNeeded(device: DeviceId): boolean
}

/** Keeps the number of links within bounds, and the part of a large swarm that they lead to random. */
export class View {
  readonly #options: ViewOptions
  #rotateAt: number

  constructor(options: ViewOptions) {
    this.#options = options
    this.#rotateAt = options.clock.monotonic() + this.#spread(ROTATE_MS)
  }

  get size(): ViewSize {
    return viewSize(this.#options.book.devices.length, this.#options.most)
  }

  tick(): void {
    this.#giveUpOne()
    this.#rotate()
  }

  #giveUpOne(): void {
    const { links, clock, random, exchange } = this.#options
    const now = clock.monotonic()
    const inView = links.admitted.filter((link) => !link.parting && !this.#options.isNeeded(link.device))
    if (inView.length <= this.size.most) return
    const old = inView.filter((link) => now - link.openedAt > MIN_LINK_AGE_MS)
    if (old.length === 0) return
    this.#partFrom(pick(random, old), exchange)
  }

  #partFrom(link: Link, exchange: AddressExchange): void {
    exchange.part(link)
    const timer = this.#options.clock.after(PARTING_MS, () =>
      this.#options.links.drop(link, new DialError('there are enough other connections')),
    )
    link.disposables.add(timer)
  }

  #rotate(): void {
    const { links, clock, redialler } = this.#options
    const now = clock.monotonic()
    if (now < this.#rotateAt || links.count < this.size.least) return
    this.#rotateAt = now + this.#spread(ROTATE_MS)
    void redialler.dialAnother().catch(() => {
      this.#rotateAt = Math.min(this.#rotateAt, clock.monotonic() + this.#spread(ROTATE_AGAIN_MS))
    })
  }

  #spread(milliseconds: number): number {
    return milliseconds * (1 - JITTER + 2 * JITTER * this.#options.random.float())
  }
}
