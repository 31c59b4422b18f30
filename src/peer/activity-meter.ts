import type { Clock } from '../base/clock.ts'

const WINDOW_MS = 60_000
const SLOT_MS = 5_000

/** Counts what happened in the last minute, in slots of five seconds. */
export class ActivityMeter {
  readonly #clock: Clock
  #slots: { readonly slot: number; count: number }[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(count: number): void {
    const slot = Math.floor(this.#clock.monotonic() / SLOT_MS)
    const last = this.#slots.at(-1)
    if (last?.slot === slot) last.count += count
    else this.#slots = [...this.#recent(slot), { slot, count }]
  }

  get perMinute(): number {
    return this.#recent(Math.floor(this.#clock.monotonic() / SLOT_MS)).reduce((sum, { count }) => sum + count, 0)
  }

  #recent(slot: number): { readonly slot: number; count: number }[] {
    return this.#slots.filter((other) => other.slot > slot - WINDOW_MS / SLOT_MS)
  }
}
