import type { Clock } from '../base/clock.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { ANNOUNCE_MS } from './constants.ts'

/** Tells of changes that come with every key only now and then, and the last one surely. */
export class Announcer implements Disposable {
  readonly #clock: Clock
  readonly #announce: () => void
  #timer: Disposable | undefined
  #last = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, announce: () => void) {
    this.#clock = clock
    this.#announce = announce
  }

  now(): void {
    this.#timer?.dispose()
    this.#timer = undefined
    this.#last = this.#clock.monotonic()
    this.#announce()
  }

  soon(): void {
    if (this.#timer !== undefined) return
    const wait = this.#last + ANNOUNCE_MS - this.#clock.monotonic()
    if (wait <= 0) this.now()
    else this.#timer = this.#clock.after(wait, () => this.now())
  }

  dispose(): void {
    this.#timer?.dispose()
    this.#timer = undefined
  }
}
