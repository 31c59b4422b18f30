import type { Clock } from '../base/clock.ts'

/** So much at once, and then so much a second: what one neighbour may cost. */
export class Allowance {
  readonly #clock: Clock
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(options: { readonly clock: Clock; readonly burst: number; readonly perSecond: number }) {
    this.#clock = options.clock
    this.#burst = options.burst
    this.#perSecond = options.perSecond
    this.#left = options.burst
    this.#at = options.clock.monotonic()
  }

  /** Whether so much is allowed now; if so it is counted. */
  take(count: number): boolean {
    const now = this.#clock.monotonic()
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) * this.#perSecond) / 1000)
    this.#at = now
    if (count > this.#left) return false
    this.#left -= count
    return true
  }
}
