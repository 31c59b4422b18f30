/** Records of a chunk at most; a full one is split in two. Small enough that inserting in the middle stays cheap. */
const MAX_CHUNK_RECORDS = 256

interface Chunk {
  /** The snapshot generation that may change this chunk in place; older ones are shared with a snapshot. */
  readonly generation: number
  readonly keys: string[]
  readonly values: Uint8Array[]
}

/** A frozen view of the records; later changes don't reach it. */
export type Snapshot = readonly Chunk[]

/**
 * Byte strings sorted by key, in memory: chunks of sorted arrays, copied on write once a snapshot shares them.
 * Finding and changing a record costs a binary search and a short move; a snapshot costs nothing until something changes.
 *
 * Keys are spelled in latin1, one character a byte, whose order as JavaScript strings is the order of the bytes.
 */
export class SortedRecords {
  #chunks: Chunk[]
  #generation = 0
  #chunksShared = false
  #bytes = 0
  #length = 0

  constructor(snapshot: Snapshot = []) {
    this.#chunks = [...snapshot]
    this.#generation = Math.max(0, ...snapshot.map((chunk) => chunk.generation)) + 1
    for (const { keys, values } of snapshot) {
      this.#length += keys.length
      for (const [index, key] of keys.entries()) this.#bytes += key.length + (values[index]?.length ?? 0)
    }
  }

  /** Bytes of all keys and values. */
  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#length
  }

  get(key: string): Uint8Array | undefined {
    const chunk = this.#chunks[chunkOf(this.#chunks, key)]
    if (chunk === undefined) return undefined
    const index = lowerBound(chunk.keys, key)
    return chunk.keys[index] === key ? chunk.values[index] : undefined
  }

  /** @returns the value that was there before */
  put(key: string, value: Uint8Array): Uint8Array | undefined {
    const at = Math.max(0, chunkOf(this.#chunks, key))
    const { keys, values } = this.#writable(at)
    const index = lowerBound(keys, key)
    if (keys[index] === key) {
      const previous = values[index]
      values[index] = value
      this.#bytes += value.length - (previous?.length ?? 0)
      return previous
    }
    keys.splice(index, 0, key)
    values.splice(index, 0, value)
    this.#bytes += key.length + value.length
    this.#length++
    // A chunk that grew at its end is left full: keys often come in order.
    if (keys.length > MAX_CHUNK_RECORDS) this.#split(at, index === keys.length - 1 ? index : keys.length >>> 1)
    return undefined
  }

  /** @returns the value that was there before */
  delete(key: string): Uint8Array | undefined {
    const at = chunkOf(this.#chunks, key)
    const found = this.#chunks[at]
    if (found === undefined) return undefined
    const index = lowerBound(found.keys, key)
    if (found.keys[index] !== key) return undefined
    const { keys, values } = this.#writable(at)
    keys.splice(index, 1)
    const [previous] = values.splice(index, 1)
    if (keys.length === 0) this.#chunks.splice(at, 1)
    this.#bytes -= key.length + (previous?.length ?? 0)
    this.#length--
    return previous
  }

  snapshot(): Snapshot {
    this.#generation++
    this.#chunksShared = true
    return this.#chunks
  }

  #writable(at: number): Chunk {
    if (this.#chunksShared) {
      this.#chunks = [...this.#chunks]
      this.#chunksShared = false
    }
    const chunk = this.#chunks[at]
    if (chunk?.generation === this.#generation) return chunk
    const copy = {
      generation: this.#generation,
      keys: chunk === undefined ? [] : [...chunk.keys],
      values: chunk === undefined ? [] : [...chunk.values],
    }
    this.#chunks[at] = copy
    return copy
  }

  #split(at: number, middle: number): void {
    const { keys, values } = this.#writable(at)
    const tail = { generation: this.#generation, keys: keys.splice(middle), values: values.splice(middle) }
    this.#chunks.splice(at + 1, 0, tail)
  }
}

/** The records of a snapshot from `gte` to `lt`, in order or in reverse. */
export function* recordsBetween(
  snapshot: Snapshot,
  range: { readonly gte: string; readonly lt: string; readonly reverse: boolean },
): Generator<readonly [key: string, value: Uint8Array], undefined> {
  if (range.gte >= range.lt) return
  const step = range.reverse ? -1 : 1
  let at = Math.max(0, chunkOf(snapshot, range.reverse ? range.lt : range.gte))
  for (; at >= 0; at += step) {
    const chunk = snapshot[at]
    if (chunk === undefined) return
    const { keys, values } = chunk
    let index = range.reverse ? lowerBound(keys, range.lt) - 1 : lowerBound(keys, range.gte)
    for (; index >= 0 && index < keys.length; index += step) {
      const key = keys[index]
      const value = values[index]
      if (key === undefined || value === undefined) return
      if (range.reverse ? key < range.gte : key >= range.lt) return
      yield [key, value]
    }
  }
}

/** The chunk that holds `key`, or would; -1 where the key goes before all. */
function chunkOf(chunks: Snapshot, key: string): number {
  let low = 0
  let high = chunks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((chunks[middle]?.keys[0] ?? '') <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The first index whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
