import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { pick } from '../base/random.ts'

/** Others that a peer is connected to at most, unless it relays for more: six are enough for gossip, the rest is reserve. */
export const MAX_VIEW = 12
/** Inbound connections are accepted up to this multiple of a view, so that a newcomer to a full swarm finds somebody. */
export const INBOUND_ROOM = 2
/** One more random peer is dialled so often, give or take a fifth; somebody else goes for it. */
export const ROTATE_MS = 30_000
/** A rotation that met nobody is followed by the next one soon. */
const ROTATE_AGAIN_MS = 3000
/** A link that is younger is not given up for a newer one. */
const MIN_LINK_AGE_MS = 10_000
const JITTER = 0.2

export interface ViewSize {
  /** With fewer links others are dialled. */
  readonly least: number
  /** With more links some are given up. */
  readonly most: number
}

/** @param known how many others there are */
export function viewSize(known: number, most = MAX_VIEW): ViewSize {
  if (known <= most) return { least: known, most: known }
  return { least: Math.ceil((most * 2) / 3), most }
}

/** How an implementation of the port makes and ends its links. */
export interface ViewOptions<Link> {
  readonly clock: Clock
  readonly random: Random
  readonly most?: number
  /** How many others are known. */
  known(): number
  /** The links that count, with their age in milliseconds. */
  links(): readonly { readonly link: Link; readonly age: number }[]
  /** Ends a link, after saying that it is on purpose. */
  giveUp(link: Link): void
  /** Dials a random peer that is not connected; rejects where it does not get through. */
  dialAnother(): Promise<unknown>
}

/**
 * In a small swarm everybody is connected to everybody. In a larger one each peer holds a random part of it, its view,
 * which changes all the time: random links keep the swarm in one piece, and new ones mend it after a partition, in which
 * both sides filled their views with their own.
 */
export class View<Link> {
  readonly #options: ViewOptions<Link>
  #rotateAt: number

  constructor(options: ViewOptions<Link>) {
    this.#options = options
    this.#rotateAt = options.clock.monotonic() + this.#spread(ROTATE_MS)
  }

  get size(): ViewSize {
    return viewSize(this.#options.known(), this.#options.most)
  }

  tick(): void {
    const links = this.#options.links()
    this.#giveUpOne(links)
    this.#rotate(links.length)
  }

  #giveUpOne(links: ReturnType<ViewOptions<Link>['links']>): void {
    if (links.length <= this.size.most) return
    const old = links.filter(({ age }) => age > MIN_LINK_AGE_MS)
    if (old.length > 0) this.#options.giveUp(pick(this.#options.random, old).link)
  }

  #rotate(count: number): void {
    const { clock } = this.#options
    const now = clock.monotonic()
    if (now < this.#rotateAt || count < this.size.least) return
    this.#rotateAt = now + this.#spread(ROTATE_MS)
    this.#options.dialAnother().catch(() => {
      this.#rotateAt = Math.min(this.#rotateAt, clock.monotonic() + this.#spread(ROTATE_AGAIN_MS))
    })
  }

  #spread(milliseconds: number): number {
    return milliseconds * (1 - JITTER + 2 * JITTER * this.#options.random.float())
  }
}
