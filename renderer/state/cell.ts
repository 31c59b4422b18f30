import { useSyncExternalStore } from 'react'

/** Something that can be read and that tells when it changed. */
export interface Readable<T> {
  readonly value: T
  subscribe(listener: () => void): () => void
}

/** One value that components watch. Equal values (Object.is) tell nobody. */
export class Cell<T> implements Readable<T> {
  #value: T
  readonly #listeners = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener()
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** The present value; the component is drawn again when it changes. */
export function useCell<T>(cell: Readable<T>): T {
  return useSyncExternalStore(
    (listener) => cell.subscribe(listener),
    () => cell.value,
  )
}
