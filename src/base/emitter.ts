import type { Disposable } from './lifecycle.ts'

/**
 * Typed events. An event announces a fact (`noun:verb`) and never steers: a listener's failure
 * goes to `onError` and does not reach the others or the one who announced.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void = reportLater) {
    this.#onError = onError
  }

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): Disposable {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return { dispose: () => listeners.delete(listener) }
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        ;(listener as (event: Events[Name]) => void)(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}

/** Surfaces a listener's failure as an uncaught one instead of hiding it. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
