import type { Operation } from './record-store.ts'

/** Bytes that go into one batch at most (one write alone may have more): LevelDB holds a batch in memory thrice. */
export const MAX_GROUP_BYTES = 4 * 1024 * 1024
/** Operations in one batch at most, so that encoding it never blocks the loop for long. */
export const MAX_GROUP_OPERATIONS = 10_000

export interface Group {
  readonly operations: readonly Operation[]
  readonly durable: boolean
}

interface Waiting {
  readonly operations: readonly Operation[]
  readonly durable: boolean
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Coalesces concurrent writes: one group is being committed, everything asked for meanwhile forms the next ones.
 *
 * Order is kept, also between durable writes and others. Writes without `durable` that stand before the first durable
 * one go ahead in a group of their own, so they wait for no fsync but one that is under way already.
 * A failed group takes with it what is queued behind it (RecordStore says why).
 */
export class GroupCommit {
  readonly #commit: (group: Group) => Promise<void>
  readonly #queue: Waiting[] = []
  #running: Promise<void> | undefined

  constructor(commit: (group: Group) => Promise<void>) {
    this.#commit = commit
  }

  write(operations: readonly Operation[], durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ operations, durable, bytes: bytesOf(operations), resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when everything asked for so far was committed or rejected. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // Writes of the same turn of the loop belong to the first group.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, lengthOfGroup(this.#queue))
      const operations = group.length === 1 ? (group[0]?.operations ?? []) : group.flatMap((one) => one.operations)
      const durable = group.some((one) => one.durable)
      try {
        await this.#commit({ operations, durable })
        for (const one of group) one.resolve()
      } catch (error) {
        for (const one of [...group, ...this.#queue.splice(0)]) one.reject(error)
      }
    }
    this.#running = undefined
  }
}

/** How many of the queue's first writes go into one batch. */
function lengthOfGroup(queue: readonly Waiting[]): number {
  const splitAtDurable = queue[0]?.durable === false
  let bytes = 0
  let operations = 0
  for (const [index, waiting] of queue.entries()) {
    bytes += waiting.bytes
    operations += waiting.operations.length
    const tooMuch = bytes > MAX_GROUP_BYTES || operations > MAX_GROUP_OPERATIONS
    if (index > 0 && (tooMuch || (splitAtDurable && waiting.durable))) return index
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
