import type { Block, Id, Struct } from './struct.ts'

/** The answer for a struct whose list can't be told from what one author wrote, or is a root. */
const UNKNOWN = null

/**
 * Finds the item that holds the list in which a struct stands. Most structs don't say it: they stand beside another,
 * which stands beside another; the way ends where one says it, or leaves what this author wrote.
 */
export class ParentFinder {
  readonly #blocks: ReadonlyMap<number, Block>
  readonly #known = new Map<Struct, Id | typeof UNKNOWN>()
  /** No way without circles is longer. */
  readonly #longest: number

  constructor(blocks: ReadonlyMap<number, Block>) {
    this.#blocks = blocks
    this.#longest = [...blocks.values()].reduce((sum, { structs }) => sum + structs.length, 0)
  }

  /** `undefined`: a root, or not known. */
  holderOf(struct: Struct): Id | undefined {
    const way: Struct[] = []
    let at: Struct | undefined = struct
    let holder: Id | typeof UNKNOWN = UNKNOWN
    while (at !== undefined) {
      const known = this.#known.get(at)
      if (known !== undefined) {
        holder = known
        break
      }
      way.push(at)
      if (at.parent !== undefined) {
        holder = typeof at.parent === 'string' ? UNKNOWN : at.parent
        break
      }
      const beside: Id | undefined = at.origin ?? at.rightOrigin
      at = beside === undefined || way.length > this.#longest ? undefined : this.structAt(beside)
    }
    for (const passed of way) this.#known.set(passed, holder)
    return holder ?? undefined
  }

  structAt({ client, clock }: Id): Struct | undefined {
    const block = this.#blocks.get(client)
    if (block === undefined || clock < block.clock || clock >= block.end) return undefined
    let low = 0
    let high = block.structs.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const struct = block.structs[middle]
      if (struct === undefined) return undefined
      if (struct.clock > clock) high = middle - 1
      else if (struct.clock + struct.length <= clock) low = middle + 1
      else return struct
    }
    return undefined
  }
}
