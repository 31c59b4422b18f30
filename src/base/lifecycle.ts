/** Something that holds a resource until told to let go. Disposing twice does nothing. */
export interface Disposable {
  dispose(): void
}

/** A part of the peer. Starting or stopping twice does nothing; a failed start undoes what it began. */
export interface Startable {
  start(): Promise<void>
  stop(): Promise<void>
}

/** Collects what a part made, on the line that makes it, and lets go of it in reverse order. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>()
  #disposed = false

  get disposed(): boolean {
    return this.#disposed
  }

  /** Adds `item` and returns it; disposes it at once where the store is disposed already. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose()
    else this.#items.add(item)
    return item
  }

  /** Adds a function to be called on disposal. */
  onDispose(undo: () => void): void {
    this.add({ dispose: undo })
  }

  /** Forgets `item` and disposes it. */
  release(item: Disposable): void {
    this.#items.delete(item)
    item.dispose()
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    const items = [...this.#items].reverse()
    this.#items.clear()
    for (const item of items) item.dispose()
  }
}

/** Starts parts in order; when one fails, stops those that had started, in reverse, and rethrows. */
export async function startAll(parts: readonly Startable[]): Promise<void> {
  const started: Startable[] = []
  try {
    for (const part of parts) {
      started.push(part)
      await part.start()
    }
  } catch (error) {
    // What failed to start is the news; that stopping failed as well follows from it.
    await stopAll(started).catch(() => undefined)
    throw error
  }
}

/** Stops parts in reverse order, all of them, and throws the first failure afterwards. */
export async function stopAll(parts: readonly Startable[]): Promise<void> {
  const failures: unknown[] = []
  for (const part of [...parts].reverse()) {
    try {
      await part.stop()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
