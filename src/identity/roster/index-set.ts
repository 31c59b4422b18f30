/** A set of small whole numbers that never changes, as bits: thousands of entries each have one. */
export class IndexSet {
  static readonly EMPTY = new IndexSet(new Uint32Array(0))
  readonly #words: Uint32Array

  private constructor(words: Uint32Array) {
    this.#words = words
  }

  /** Shares memory where one of them holds all the others. */
  static union(sets: readonly IndexSet[]): IndexSet {
    let all = IndexSet.EMPTY
    for (const set of [...new Set(sets)].sort((a, b) => b.#words.length - a.#words.length)) {
      if (!set.#words.every((word, at) => (word & ~(all.#words[at] ?? 0)) === 0)) all = all.#joined(set)
    }
    return all
  }

  #joined(other: IndexSet): IndexSet {
    if (this.#words.length === 0) return other
    const words = new Uint32Array(this.#words)
    for (const [at, word] of other.#words.entries()) words[at] = (words[at] ?? 0) | word
    return new IndexSet(words)
  }

  has(index: number): boolean {
    return (((this.#words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1
  }

  with(index: number): IndexSet {
    const words = new Uint32Array(Math.max(this.#words.length, (index >>> 5) + 1))
    words.set(this.#words)
    words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31))
    return new IndexSet(words)
  }
}
