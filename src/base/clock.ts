import { AbortedError } from './errors.ts'
import type { Disposable } from './lifecycle.ts'

/**
 * Time as everything above `base` sees it, so that a simulation can replace it.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970. For display and expiry only: machines' clocks are wrong. */
  now(): number
  /** Milliseconds that only ever grow; for durations. */
  monotonic(): number
  /** Calls `callback` once after `delay` milliseconds unless disposed before. Never keeps a process alive by itself. */
  after(delay: number, callback: () => void): Disposable
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay)
    if (typeof timer === 'object') timer.unref()
    return { dispose: () => clearTimeout(timer) }
  },
}

/** Calls `callback` every `period` milliseconds until disposed; the next period starts when the callback returned. */
export function every(clock: Clock, period: number, callback: () => void): Disposable {
  let disposed = false
  let timer: Disposable
  const arm = (): void => {
    timer = clock.after(period, () => {
      callback()
      if (!disposed) arm()
    })
  }
  arm()
  return {
    dispose() {
      disposed = true
      timer.dispose()
    },
  }
}

/** @throws AbortedError when the signal fires first */
export async function pause(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AbortedError())
      return
    }
    const onAbort = (): void => {
      timer.dispose()
      reject(new AbortedError())
    }
    const timer = clock.after(delay, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
