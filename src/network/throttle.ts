import type { Clock } from '../base/clock.ts'

export interface ThrottleOptions {
  readonly clock: Clock
  readonly perSecond: number
  /** What may come at once after a rest. */
  readonly burst: number
  /** Names that are kept; those used longest ago go first, and begin with a full burst again. */
  readonly maxNames: number
}

/** A token bucket for each name. */
export class Throttle {
  readonly #options: ThrottleOptions
  readonly #buckets = new Map<string, { readonly tokens: number; readonly at: number }>()

  constructor(options: ThrottleOptions) {
    this.#options = options
  }

  /** Whether one more is allowed for this name now; if so it is counted. */
  take(name: string): boolean {
    const tokens = this.#tokens(name)
    if (tokens < 1) return false
    this.#buckets.delete(name)
    this.#buckets.set(name, { tokens: tokens - 1, at: this.#options.clock.monotonic() })
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > this.#options.maxNames && oldest !== undefined) this.#buckets.delete(oldest)
    return true
  }

  /** Milliseconds until the next is allowed. */
  waitFor(name: string): number {
    return Math.max(0, Math.ceil(((1 - this.#tokens(name)) * 1000) / this.#options.perSecond))
  }

  #tokens(name: string): number {
    const { clock, perSecond, burst } = this.#options
    const bucket = this.#buckets.get(name)
    if (bucket === undefined) return burst
    return Math.min(burst, bucket.tokens + ((clock.monotonic() - bucket.at) * perSecond) / 1000)
  }
}
