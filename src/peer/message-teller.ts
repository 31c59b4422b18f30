import type { Clock } from '../base/clock.ts'
import type { Disposable } from '../base/lifecycle.ts'

/** Messages that wait to be told one by one. Beyond it whoever listens reads anew, which costs a page and not a history. */
const MAX_UNTOLD = 256
/** Looked up at the same time: one look-up waits for the disk's threads, many wait no longer. */
const LOOK_UPS = 50
/** A flood is over when nothing came for so long; while it goes on, it is told of this often. */
const CALM_MS = 250
const FLOOD_PERIOD_MS = 1000

export interface TellOptions {
  readonly isNew: boolean
}

/**
 * Tells of messages in the order in which they changed. Each costs a look-up, so a flood of them,
 * as when a machine catches up, is told as one fact instead.
 */
export class MessageTeller implements Disposable {
  readonly #clock: Clock
  readonly #look: (message: string, options: TellOptions) => Promise<() => void>
  readonly #tellFlood: () => void
  #untold: (readonly [string, TellOptions])[] = []
  #telling = false
  #isFlood = false
  #floodToldAt = 0
  #timer: Disposable | undefined

  constructor(options: {
    readonly clock: Clock
    /** Looks one message up; what it gives tells of it. Never rejects. */
    readonly look: (message: string, options: TellOptions) => Promise<() => void>
    /** Too many changed to tell of each. */
    readonly tellFlood: () => void
  }) {
    this.#clock = options.clock
    this.#look = options.look
    this.#tellFlood = options.tellFlood
  }

  changed(message: string, options: TellOptions): void {
    if (!this.#isFlood && this.#untold.length < MAX_UNTOLD) {
      this.#untold.push([message, options])
      if (!this.#telling) void this.#tellAll()
      return
    }
    if (!this.#isFlood) {
      this.#isFlood = true
      this.#untold = []
      this.#floodToldAt = this.#clock.monotonic()
    }
    const now = this.#clock.monotonic()
    if (now - this.#floodToldAt >= FLOOD_PERIOD_MS) {
      this.#floodToldAt = now
      this.#tellFlood()
    }
    this.#timer?.dispose()
    this.#timer = this.#clock.after(CALM_MS, () => {
      this.#isFlood = false
      this.#tellFlood()
    })
  }

  async #tellAll(): Promise<void> {
    this.#telling = true
    while (this.#untold.length > 0) {
      const next = this.#untold.splice(0, LOOK_UPS)
      for (const tell of await Promise.all(next.map(([message, options]) => this.#look(message, options)))) tell()
    }
    this.#telling = false
  }

  dispose(): void {
    this.#timer?.dispose()
    this.#untold = []
  }
}
