import type { ChunkAddress } from '../content/parts.ts'

const WORDS = 4
const FIRST_SLOTS = 1024

/**
 * Many addresses in little memory: 16 bytes of each, 24 to 48 with the room that the table needs. Two that begin alike are
 * taken for one, which at 128 bits doesn't happen by chance, and would keep a chunk for too long, never lose one.
 */
export class AddressSet {
  #table = new Uint32Array(FIRST_SLOTS * WORDS)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(address: ChunkAddress): void {
    if ((this.#size + 1) * WORDS * 3 > this.#table.length * 2) this.#grow()
    const words = wordsOf(address)
    const at = slotOf(this.#table, words)
    if (isUsed(this.#table, at)) return
    this.#table.set(words, at)
    this.#size++
  }

  has(address: ChunkAddress): boolean {
    return isUsed(this.#table, slotOf(this.#table, wordsOf(address)))
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2)
    for (let at = 0; at < this.#table.length; at += WORDS) {
      if (!isUsed(this.#table, at)) continue
      const words = this.#table.subarray(at, at + WORDS)
      larger.set(words, slotOf(larger, words))
    }
    this.#table = larger
  }
}

/** The address's first half; never all zeros, which stand for an empty slot. */
function wordsOf(address: ChunkAddress): Uint32Array {
  const words = new Uint32Array(WORDS)
  for (let word = 0; word < WORDS; word++) words[word] = Number.parseInt(address.slice(word * 8, word * 8 + 8), 16)
  if (words.every((word) => word === 0)) words[0] = 1
  return words
}

/** Where the address stands, or would. */
function slotOf(table: Uint32Array, words: Uint32Array): number {
  const slots = table.length / WORDS
  for (let slot = (words[0] ?? 0) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
    const at = slot * WORDS
    if (!isUsed(table, at) || words.every((word, index) => table[at + index] === word)) return at
  }
}

function isUsed(table: Uint32Array, at: number): boolean {
  return table[at] !== 0 || table[at + 1] !== 0 || table[at + 2] !== 0 || table[at + 3] !== 0
}
