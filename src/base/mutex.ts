/** Runs asynchronous work one piece at a time, in the order in which it was asked for. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects as `work` does; a failure does not stop what comes after. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work)
    this.#tail = result.catch(() => undefined)
    return result
  }

  /** Resolves when everything asked for so far has ended. */
  async idle(): Promise<void> {
    await this.#tail
  }
}
