import type { Clock } from './clock.ts'
import { AbortedError, TimeoutError } from './errors.ts'
import type { Disposable } from './lifecycle.ts'

/** A signal that fires when `signal` does, or after `delay` milliseconds. Dispose it when the work is done. */
export function deadline(
  clock: Clock,
  delay: number,
  options: { readonly signal: AbortSignal | undefined; readonly message: string },
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const timer = clock.after(delay, () => controller.abort(new TimeoutError(options.message)))
  const onAbort = (): void => controller.abort(new AbortedError())
  if (options.signal?.aborted === true) onAbort()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  return {
    signal: controller.signal,
    dispose() {
      timer.dispose()
      options.signal?.removeEventListener('abort', onAbort)
    },
  }
}
