import type { Random } from '../base/random.ts'
import { StoreFullError, StoreLockedError } from './errors.ts'
import type { Operation } from './record-store.ts'
import type { Snapshot } from './sorted-records.ts'
import { SortedRecords } from './sorted-records.ts'

/** How many batches may wait for a sync; the oldest count as written back by then, as the system does by itself. */
const MAX_UNSYNCED_BATCHES = 10_000

interface Undo {
  readonly key: string
  readonly previous: Uint8Array | undefined
}

export interface MemoryDiskOptions {
  /** For messages; default "memory". */
  readonly name?: string
  /** Bytes of keys and values that fit; default without a limit. May be changed later. */
  readonly capacity?: number
}

/**
 * What lies on a simulated machine's disk: it outlives the process (`MemoryStore`) that has it open, and may be cut
 * from power or copied.
 */
export class MemoryDisk {
  readonly name: string
  capacity: number
  readonly #records: SortedRecords
  /** How to take back each batch since the last sync, oldest first. */
  #unsynced: (readonly Undo[])[] = []
  #holder: object | undefined

  constructor(options: MemoryDiskOptions = {}, records: Snapshot = []) {
    this.name = options.name ?? 'memory'
    this.capacity = options.capacity ?? Number.POSITIVE_INFINITY
    this.#records = new SortedRecords(records)
  }

  get records(): SortedRecords {
    return this.#records
  }

  /** Of all records, keys included. */
  get bytes(): number {
    return this.#records.bytes
  }

  /** @throws StoreLockedError where another store has it open */
  lock(holder: object): void {
    if (this.#holder !== undefined && this.#holder !== holder) throw new StoreLockedError(this.name, undefined)
    this.#holder = holder
  }

  unlock(holder: object): void {
    if (this.#holder === holder) this.#holder = undefined
  }

  /** Applies a batch whole. @throws StoreFullError, nothing applied then */
  apply(operations: readonly Operation[]): void {
    if (this.capacity !== Number.POSITIVE_INFINITY) this.#checkSpace(operations)
    const undo: Undo[] = []
    for (const operation of operations) {
      const key = keyText(operation.key)
      const previous =
        operation.type === 'put' ? this.#records.put(key, copyOf(operation.value)) : this.#records.delete(key)
      undo.push({ key, previous })
    }
    this.#unsynced.push(undo)
    if (this.#unsynced.length > MAX_UNSYNCED_BATCHES) this.#unsynced.splice(0, MAX_UNSYNCED_BATCHES / 2)
  }

  /** Makes all batches so far survive a power cut. */
  sync(): void {
    if (this.#unsynced.length > 0) this.#unsynced = []
  }

  /**
   * The machine lost its power: of the batches since the last sync the first few are there (a number that
   * `random` draws), the others are not. Whoever had the disk open is gone.
   */
  powerCut(random: Random): void {
    const kept = random.below(this.#unsynced.length + 1)
    for (const undo of this.#unsynced.slice(kept).reverse()) {
      for (const { key, previous } of [...undo].reverse()) {
        if (previous === undefined) this.#records.delete(key)
        else this.#records.put(key, previous)
      }
    }
    this.#unsynced = []
    this.#holder = undefined
  }

  /** A copy of the folder, as a backup makes it; open nowhere. */
  clone(options: { readonly name?: string } = {}): MemoryDisk {
    return new MemoryDisk({ name: options.name ?? this.name, capacity: this.capacity }, this.#records.snapshot())
  }

  #checkSpace(operations: readonly Operation[]): void {
    let growth = 0
    for (const operation of operations) {
      const old = this.#records.get(keyText(operation.key))
      if (old !== undefined) growth -= operation.key.length + old.length
      if (operation.type === 'put') growth += operation.key.length + operation.value.length
    }
    if (growth > 0 && this.#records.bytes + growth > this.capacity) throw new StoreFullError(this.name)
  }
}

/** One character a byte: the spelling that `SortedRecords` sorts. */
export function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}

export function keyBytes(text: string): Uint8Array {
  const pooled = Buffer.from(text, 'latin1')
  return new Uint8Array(pooled.buffer, pooled.byteOffset, pooled.length)
}

/** A copy out of Node's buffer pool: an allocation for each small value would cost more than all else here. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const pooled = Buffer.from(bytes)
  return new Uint8Array(pooled.buffer, pooled.byteOffset, pooled.length)
}
