import { compareBytes, toHex } from '../base/bytes.ts'
import type { KeyRange, Operation, RecordStore, WriteOptions } from './record-store.ts'

/** Writes that are gathered, seen by reads through the same transaction, and committed as one. */
export class Transaction {
  readonly #store: RecordStore
  readonly #pending = new Map<string, Operation>()

  constructor(store: RecordStore) {
    this.#store = store
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#pending.set(toHex(key), { type: 'put', key, value })
  }

  delete(key: Uint8Array): void {
    this.#pending.set(toHex(key), { type: 'delete', key })
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const pending = this.#pending.get(toHex(key))
    if (pending !== undefined) return pending.type === 'put' ? pending.value : undefined
    return await this.#store.get(key)
  }

  /** The values in the order of the keys. */
  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    if (this.#pending.size === 0) return await this.#store.getMany(keys)
    const pending = keys.map((key) => this.#pending.get(toHex(key)))
    const unwritten = keys.filter((_, i) => pending[i] === undefined)
    const stored = unwritten.length === 0 ? [] : await this.#store.getMany(unwritten)
    let next = 0
    return pending.map((operation) => {
      if (operation === undefined) return stored[next++]
      return operation.type === 'put' ? operation.value : undefined
    })
  }

  /** The records of a range in order, pending writes included. For ranges that fit into memory. */
  async entries(range: KeyRange): Promise<(readonly [Uint8Array, Uint8Array])[]> {
    const found = new Map<string, readonly [Uint8Array, Uint8Array]>()
    for await (const [key, value] of this.#store.entries({ gte: range.gte, lt: range.lt })) {
      found.set(toHex(key), [key, value])
    }
    for (const [name, operation] of this.#pending) {
      const inside = compareBytes(operation.key, range.gte) >= 0 && compareBytes(operation.key, range.lt) < 0
      if (!inside) continue
      if (operation.type === 'put') found.set(name, [operation.key, operation.value])
      else found.delete(name)
    }
    const ordered = [...found.values()].sort(([a], [b]) => compareBytes(a, b))
    if (range.reverse === true) ordered.reverse()
    return range.limit === undefined ? ordered : ordered.slice(0, range.limit)
  }

  /** A transaction that sees this one's writes and can be merged into it, or forgotten. */
  fork(): Transaction {
    const copy = new Transaction(this.#store)
    for (const [name, operation] of this.#pending) copy.#pending.set(name, operation)
    return copy
  }

  /** Takes over everything that a fork of this transaction has gathered. */
  merge(fork: Transaction): void {
    for (const [name, operation] of fork.#pending) this.#pending.set(name, operation)
  }

  get empty(): boolean {
    return this.#pending.size === 0
  }

  /** Commits everything gathered as one batch. */
  async commit(options: WriteOptions): Promise<void> {
    if (this.#pending.size === 0) return
    const operations = [...this.#pending.values()]
    this.#pending.clear()
    await this.#store.write(operations, options)
  }
}
