import type { Operation } from './record-store.ts'

/** Bytes that go into one batch at most (one write alone may have more): LevelDB holds a batch in memory thrice. */
export const MAX_GROUP_BYTES = 4 * 1024 * 1024
/** Operations in one batch at most, so that encoding it never blocks the loop for long. */
export const MAX_GROUP_OPERATIONS = 10_000

export interface GroupCommitOptions {
  /** Writes a batch so that it survives the end of the process. */
  readonly commit: (operations: readonly Operation[]) => Promise<void>
  /** Makes everything committed so far survive a power cut. */
  readonly sync: () => Promise<void>
}

interface Waiting {
  readonly operations: readonly Operation[]
  readonly durable: boolean
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Coalesces concurrent writes: one group is being committed, everything asked for meanwhile forms the next ones. Beside
 * that, everything durable that is committed while one sync is under way shares the next: a sync holds up nobody who
 * didn't ask for it.
 *
 * A failed group takes with it what is queued behind it (RecordStore says why).
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #queue: Waiting[] = []
  #unsafe: Waiting[] = []
  #committing: Promise<void> | undefined
  #syncing: Promise<void> | undefined

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  write(operations: readonly Operation[], durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ operations, durable, bytes: bytesOf(operations), resolve, reject })
      this.#committing ??= this.#commitAll()
    })
  }

  /** Resolves when everything asked for so far was committed or rejected, and made safe where that was asked for. */
  async idle(): Promise<void> {
    await this.#committing
    await this.#syncing
  }

  async #commitAll(): Promise<void> {
    // Writes of the same turn of the loop belong to the first group.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, lengthOfGroup(this.#queue))
      const operations = group.length === 1 ? (group[0]?.operations ?? []) : group.flatMap((one) => one.operations)
      try {
        if (operations.length > 0) await this.#options.commit(operations)
      } catch (error) {
        for (const one of [...group, ...this.#queue.splice(0)]) one.reject(error)
        continue
      }
      for (const one of group) {
        if (one.durable) this.#unsafe.push(one)
        else one.resolve()
      }
      if (this.#unsafe.length > 0) this.#syncing ??= this.#syncAll()
    }
    this.#committing = undefined
  }

  async #syncAll(): Promise<void> {
    while (this.#unsafe.length > 0) {
      const group = this.#unsafe
      this.#unsafe = []
      try {
        await this.#options.sync()
        for (const one of group) one.resolve()
      } catch (error) {
        for (const one of group) one.reject(error)
      }
    }
    this.#syncing = undefined
  }
}

/** How many of the queue's first writes go into one batch. */
function lengthOfGroup(queue: readonly Waiting[]): number {
  let bytes = 0
  let operations = 0
  for (const [index, waiting] of queue.entries()) {
    bytes += waiting.bytes
    operations += waiting.operations.length
    if (index > 0 && (bytes > MAX_GROUP_BYTES || operations > MAX_GROUP_OPERATIONS)) return index
  }
  return queue.length
}

function bytesOf(operations: readonly Operation[]): number {
  let bytes = 0
  for (const operation of operations) {
    bytes += operation.key.length + (operation.type === 'put' ? operation.value.length : 0)
  }
  return bytes
}
