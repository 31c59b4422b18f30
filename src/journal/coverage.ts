/** A held entry's header, as far as it matters who built on what. */
export interface CausalNode {
  readonly line: number
  readonly sequence: number
  /** Where it stands for a run of dropped entries: the first of them. What they had seen is not known any more. */
  readonly from?: number
  /** Whose it is: nobody covers their own entries. */
  readonly device: string
  /** Places on other lines that it comes right after; the one before on its own line goes without saying. */
  readonly after: readonly (readonly [line: number, sequence: number])[]
  /** Whether it says something by which others may be covered: entries of `members` journals only pass on. */
  readonly isData: boolean
  /** Names of the restrictions that cut it off; undefined where none does and it counts; empty: it counts nothing for good. */
  readonly cutBy: readonly string[] | undefined
}

interface Placed extends CausalNode {
  /** What it comes right after, as far as it is here. */
  readonly past: readonly number[]
  /** By restriction. */
  readonly knows: readonly boolean[]
}

/** Where the entry of a restriction stands. */
export interface RestrictionPlace {
  readonly name: string
  readonly line: number
  readonly sequence: number
}

/**
 * Finds which entries beyond a cut count after all: those that a counted entry of another device, made without knowledge
 * of the restriction, has in its causal past. Where several restrictions cut an entry off, each is asked about by itself.
 * What counts so covers others in its turn.
 *
 * Only entries that don't know every restriction are worth adding: the rest can neither cover nor be covered.
 */
export class Coverage {
  readonly #restrictions: readonly RestrictionPlace[]
  readonly #indexes: ReadonlyMap<string, number>
  readonly #nodes: Placed[] = []
  /** By line: the sequences of its entries, ascending, and where they are among the nodes. */
  readonly #places = new Map<number, { readonly sequences: number[]; readonly indexes: number[] }>()
  /** From where on each line knows, by restriction. */
  readonly #knowing = new Map<number, (number | undefined)[]>()

  constructor(restrictions: readonly RestrictionPlace[]) {
    this.#restrictions = restrictions
    this.#indexes = new Map(restrictions.map(({ name }, index) => [name, index]))
    for (const [index, { line, sequence }] of restrictions.entries()) this.#learn(line, index, sequence)
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#nodes.length
  }

  has(line: number, sequence: number): boolean {
    const places = this.#places.get(line)
    return places?.sequences[lastUpTo(places.sequences, sequence)] === sequence
  }

  /** The entry at this place, or the last one before it: what came between was dropped, and is in its past all the same. */
  #upTo(line: number, sequence: number): number | undefined {
    const places = this.#places.get(line)
    return places?.indexes[lastUpTo(places.sequences, sequence)]
  }

  #learn(line: number, restriction: number, sequence: number): void {
    const known = this.#knowing.get(line) ?? this.#restrictions.map(() => undefined)
    known[restriction] = Math.min(sequence, known[restriction] ?? Infinity)
    this.#knowing.set(line, known)
  }

  /** Whether the entry at this place, which was added or comes after such a one, knows all restrictions. */
  knowsAll(line: number, sequence: number): boolean {
    const known = this.#knowing.get(line) ?? []
    return this.#restrictions.every((_, index) => (known[index] ?? Infinity) <= sequence)
  }

  /** Takes an entry in, after what it comes after. Repeating it changes nothing. */
  add(node: CausalNode): void {
    if (this.has(node.line, node.sequence)) return
    const before: CausalNode['after'] = [...node.after, [node.line, node.sequence - 1]]
    for (const index of this.#restrictions.keys()) {
      const learns = before.some(([line, sequence]) => (this.#knowing.get(line)?.[index] ?? Infinity) <= sequence)
      if (learns) this.#learn(node.line, index, node.sequence)
    }
    const known = this.#knowing.get(node.line)
    const knows = this.#restrictions.map((_, index) => (known?.[index] ?? Infinity) <= node.sequence)
    const past = before.flatMap(([line, sequence]) => this.#upTo(line, sequence) ?? [])
    const places = this.#places.get(node.line) ?? { sequences: [], indexes: [] }
    this.#places.set(node.line, places)
    places.sequences.push(node.sequence)
    places.indexes.push(this.#nodes.length)
    this.#nodes.push({ ...node, past, knows })
  }

  /** The entries that are cut off and count all the same. From the latest back: what covers an entry comes after it. */
  covered(): readonly CausalNode[] {
    const covered: CausalNode[] = []
    const witnesses = new Witnesses(this.#nodes.length, this.#restrictions.length)
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index]
      if (node === undefined) continue
      const { cutBy, device, isData, knows, past } = node
      const isCovered =
        cutBy !== undefined &&
        cutBy.length > 0 &&
        cutBy.every((name) => witnesses.hasOther(index, this.#indexes.get(name) ?? -1, device))
      if (isCovered) covered.push(node)
      const isWitness = isData && (cutBy === undefined || isCovered)
      for (const [restriction, isKnown] of knows.entries()) {
        if (isKnown) continue
        if (isWitness) witnesses.add(index, restriction, device)
        for (const earlier of past) witnesses.pass(index, earlier, restriction)
      }
    }
    return covered
  }
}

/** Index of the last of ascending numbers that is not above this one; -1 where all are. */
function lastUpTo(numbers: readonly number[], number: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] ?? Infinity) <= number) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Whose counted entries have an entry in their past, by restriction that they don't know: two devices are enough to tell. */
class Witnesses {
  readonly #devices: (string | undefined)[]
  readonly #restrictions: number

  constructor(nodes: number, restrictions: number) {
    this.#restrictions = restrictions
    this.#devices = Array.from({ length: nodes * restrictions * 2 })
  }

  #at(node: number, restriction: number): number {
    return (node * this.#restrictions + restriction) * 2
  }

  add(node: number, restriction: number, device: string): void {
    const at = this.#at(node, restriction)
    if (this.#devices[at] === undefined) this.#devices[at] = device
    else if (this.#devices[at] !== device) this.#devices[at + 1] ??= device
  }

  pass(from: number, to: number, restriction: number): void {
    const at = this.#at(from, restriction)
    for (const device of [this.#devices[at], this.#devices[at + 1]]) {
      if (device !== undefined) this.add(to, restriction, device)
    }
  }

  hasOther(node: number, restriction: number, device: string): boolean {
    if (restriction < 0) return false
    const at = this.#at(node, restriction)
    return [this.#devices[at], this.#devices[at + 1]].some((other) => other !== undefined && other !== device)
  }
}
