import type { Clock } from '../../base/clock.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Random } from '../../base/random.ts'
import { pick } from '../../base/random.ts'
import { DialError } from '../errors.ts'
import { FULL_REST_MS, REDIAL_FIRST_MS, REDIAL_MAX_MS } from './constants.ts'

export interface RediallerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly isConnected: (device: DeviceId) => boolean
  /** Tries all that is known of the device once; rejects where none worked. */
  readonly dial: (device: DeviceId) => Promise<unknown>
  /** Whether there are enough connections, with so many dials under way. */
  readonly isFull: (dialling: number) => boolean
}

interface Missing {
  failures: number
  /** Wall time. */
  triedAt: number | undefined
  nextTryAt: number | undefined
  timer: Disposable | undefined
}

/** Dials those who are missing, each for ever, with growing pauses and jitter. */
export class Redialler {
  readonly #options: RediallerOptions
  readonly #missing = new Map<DeviceId, Missing>()
  #stopped = true

  constructor(options: RediallerOptions) {
    this.#options = options
  }

  start(): void {
    this.#stopped = false
  }

  stop(): void {
    this.#stopped = true
    for (const { timer } of this.#missing.values()) timer?.dispose()
    this.#missing.clear()
  }

  /** The device should be connected; dialled where it isn't and no dial is planned, at once unless told otherwise. */
  want(device: DeviceId, delay = 0): void {
    if (this.#stopped || this.#missing.has(device) || this.#options.isConnected(device)) return
    const missing: Missing = { failures: 0, triedAt: undefined, nextTryAt: undefined, timer: undefined }
    this.#missing.set(device, missing)
    this.#plan(device, missing, delay)
  }

  /** Dials a random one of those who are missing, though there are enough. Rejects where that does not work. */
  async dialAnother(): Promise<void> {
    const waiting = [...this.#missing].filter(([, { timer }]) => timer !== undefined)
    if (waiting.length === 0) throw new DialError('there is nobody else to dial')
    const [device, missing] = pick(this.#options.random, waiting)
    missing.timer?.dispose()
    missing.timer = undefined
    await this.#dial(device, missing)
    if (!this.#options.isConnected(device)) throw new DialError('it is not there')
  }

  /** When the device was tried last, and will be next, by wall time. */
  attempts(device: DeviceId): { readonly triedAt?: number; readonly nextTryAt?: number } {
    const { triedAt, nextTryAt } = this.#missing.get(device) ?? {}
    return { ...(triedAt === undefined ? {} : { triedAt }), ...(nextTryAt === undefined ? {} : { nextTryAt }) }
  }

  /** It is there, or is not wanted any more. */
  found(device: DeviceId): void {
    this.#missing.get(device)?.timer?.dispose()
    this.#missing.delete(device)
  }

  /** Dials everybody who is missing now, and begins with short pauses again. */
  hurry(): void {
    for (const [device, missing] of this.#missing) {
      missing.failures = 0
      // Without a timer a dial is under way.
      if (missing.timer === undefined) continue
      missing.timer.dispose()
      this.#plan(device, missing, 0)
    }
  }

  #dialling(): number {
    let count = 0
    for (const { timer } of this.#missing.values()) if (timer === undefined) count++
    return count
  }

  #plan(device: DeviceId, missing: Missing, delay: number): void {
    const { clock } = this.#options
    missing.nextTryAt = clock.now() + delay
    missing.timer = clock.after(delay, () => {
      missing.timer = undefined
      if (this.#options.isFull(this.#dialling())) {
        this.#plan(device, missing, FULL_REST_MS * (1 + this.#options.random.float()))
        return
      }
      missing.triedAt = clock.now()
      void this.#dial(device, missing)
    })
  }

  async #dial(device: DeviceId, missing: Missing): Promise<void> {
    try {
      await this.#options.dial(device)
      // It may have gone again in the same moment.
      if (this.#options.isConnected(device)) return
    } catch {
      // Why it failed is of no interest: the next attempt comes.
    }
    if (this.#stopped || this.#missing.get(device) !== missing) return
    const pause = Math.min(REDIAL_FIRST_MS * 2 ** missing.failures, REDIAL_MAX_MS)
    missing.failures++
    this.#plan(device, missing, pause * (0.75 + this.#options.random.float() / 2))
  }
}
