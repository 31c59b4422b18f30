import type { Clock } from '../../base/clock.ts'
import {
  FAILED_GATE_REFILL_MS,
  MAX_FAILED_GATES,
  MAX_PENDING_GATES,
  MAX_PENDING_GATES_PER_ADDRESS,
  MAX_REMEMBERED_FAILURES,
} from './constants.ts'

/** How many strangers may stand at the gate, in all and from one host, and how often a host may fail it. */
export class GateLimits {
  readonly #clock: Clock
  readonly #pending = new Map<string, number>()
  #pendingInAll = 0
  /** Failures by host, as a level that sinks by one every FAILED_GATE_REFILL_MS. */
  readonly #failures = new Map<string, { level: number; at: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether a stranger from this host may try now. */
  mayTry(host: string): boolean {
    return (
      this.#pendingInAll < MAX_PENDING_GATES &&
      (this.#pending.get(host) ?? 0) < MAX_PENDING_GATES_PER_ADDRESS &&
      this.#level(host) < MAX_FAILED_GATES
    )
  }

  began(host: string): void {
    this.#pendingInAll++
    this.#pending.set(host, (this.#pending.get(host) ?? 0) + 1)
  }

  ended(host: string): void {
    this.#pendingInAll--
    const left = (this.#pending.get(host) ?? 1) - 1
    if (left > 0) this.#pending.set(host, left)
    else this.#pending.delete(host)
  }

  failed(host: string): void {
    const level = this.#level(host) + 1
    this.#failures.delete(host)
    this.#failures.set(host, { level, at: this.#clock.monotonic() })
    if (this.#failures.size <= MAX_REMEMBERED_FAILURES) return
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }

  #level(host: string): number {
    const known = this.#failures.get(host)
    if (known === undefined) return 0
    return Math.max(0, known.level - (this.#clock.monotonic() - known.at) / FAILED_GATE_REFILL_MS)
  }
}
