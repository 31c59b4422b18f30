import type { Clock } from '../../base/clock.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Random } from '../../base/random.ts'

/** What the line between two hosts is like; the same both ways. */
export interface LinkQuality {
  /** Milliseconds one way. */
  readonly delay: number
  /** Up to this many milliseconds more, drawn for each delivery. Order is kept all the same. */
  readonly jitter: number
  /** The share of gossip messages that a hop loses, 0 to 1. Streams are reliable. */
  readonly loss: number
  /** Default without a limit. */
  readonly bytesPerSecond: number
}

export const DEFAULT_LINK: LinkQuality = {
  delay: 10,
  jitter: 5,
  loss: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
}

/** The line between two hosts, shared by their connections. */
export class Link {
  quality: LinkQuality
  /** Cut by hand, whatever partition there is. */
  severed = false
  /** The hosts are in different parts of a partition. */
  parted = false
  /** Handed to the line so far, both ways, in bytes. */
  sent = 0

  constructor(quality: LinkQuality) {
    this.quality = quality
  }

  get cut(): boolean {
    return this.severed || this.parted
  }
}

interface Item {
  due: number
  readonly bytes: number
  readonly deliver: () => void
}

/**
 * One direction of a connection: delivers everything in order after the link's delay. While the link is cut, things
 * stay under way, as TCP sends them again until it gives up; closing drops them.
 */
export class Wire {
  readonly #link: Link
  readonly #clock: Clock
  readonly #random: Random
  #items: Item[] = []
  #head = 0
  #bytes = 0
  #timer: Disposable | undefined
  #lastDue = 0
  /** When the line has sent what was given to it so far. */
  #sentAt = 0
  #closed = false

  constructor(link: Link, clock: Clock, random: Random) {
    this.#link = link
    this.#clock = clock
    this.#random = random
  }

  get link(): Link {
    return this.#link
  }

  /** Bytes under way. */
  get bytes(): number {
    return this.#bytes
  }

  send(bytes: number, deliver: () => void): void {
    if (this.#closed) return
    this.#link.sent += bytes
    this.#lastDue = Math.max(this.#lastDue, this.#arrival(bytes))
    this.#items.push({ due: this.#lastDue, bytes, deliver })
    this.#bytes += bytes
    this.#arm()
  }

  /** The link is whole again: what was under way is sent anew. */
  resume(): void {
    for (const item of this.#items.slice(this.#head)) {
      this.#lastDue = Math.max(this.#lastDue, this.#arrival(item.bytes))
      item.due = this.#lastDue
    }
    this.#arm()
  }

  /** What is under way is lost. */
  close(): void {
    this.#closed = true
    this.#timer?.dispose()
    this.#timer = undefined
    this.#items = []
    this.#head = 0
  }

  #arrival(bytes: number): number {
    const { delay, jitter, bytesPerSecond } = this.#link.quality
    this.#sentAt = Math.max(this.#sentAt, this.#clock.monotonic()) + (bytes * 1000) / bytesPerSecond
    return this.#sentAt + delay + jitter * this.#random.float()
  }

  #arm(): void {
    const next = this.#items[this.#head]
    if (next === undefined || this.#timer !== undefined || this.#link.cut) return
    this.#timer = this.#clock.after(next.due - this.#clock.monotonic(), () => {
      this.#timer = undefined
      this.#deliver()
    })
  }

  #deliver(): void {
    const now = this.#clock.monotonic()
    while (!this.#link.cut) {
      const item = this.#items[this.#head]
      // What is due within the same microsecond goes along: sums of delays are not exact.
      if (item === undefined || item.due > now + 0.001) break
      this.#head++
      this.#bytes -= item.bytes
      item.deliver()
    }
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    this.#arm()
  }
}
