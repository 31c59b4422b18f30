import type { FrontierItem } from './frontier.ts'
import { journalName } from './line.ts'

/** Heads that a neighbour says it holds and that are not held here. */
export class Wanted {
  readonly #byName = new Map<string, FrontierItem[]>()

  add(item: FrontierItem): void {
    const name = journalName(item.journal)
    if (this.#byName.size >= MAX_JOURNALS && !this.#byName.has(name)) return
    const others = (this.#byName.get(name) ?? []).filter((other) => other.sequence > item.sequence)
    this.#byName.set(name, [...others, item].slice(-MAX_HEADS))
  }

  delete(name: string): void {
    this.#byName.delete(name)
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()]
  }

  of(name: string): readonly FrontierItem[] {
    return this.#byName.get(name) ?? []
  }

  get size(): number {
    return this.#byName.size
  }

  clear(): void {
    this.#byName.clear()
  }
}

/** Branches of one journal that are wanted at once. */
const MAX_HEADS = 32
/** Journals that are wanted at once; a neighbour that claims more is asked again later. */
const MAX_JOURNALS = 20_000
