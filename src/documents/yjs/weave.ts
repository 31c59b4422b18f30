import { sliceStruct } from './slice-struct.ts'
import type { Block, DeleteSet, Id, Struct, Update } from './struct.ts'
import { blockOf } from './struct.ts'

/** The next clock of a client: everything below it is there. */
export type StateOf = (client: number) => number

/** What something waits for: that this client's next clock is at least this. */
export type Need = Id

/**
 * Places an update's structs one after another, each once everything that it refers to is there, and says how far it
 * came. Going on later costs nothing for what was placed before.
 */
export class Weave {
  readonly #blocks: ReadonlyMap<number, { readonly structs: readonly Struct[]; next: number }>
  readonly #deletes: DeleteSet
  readonly #placed = new Map<number, number>()

  constructor({ blocks, deletes }: Update) {
    this.#blocks = new Map(blocks.map(({ client, structs }) => [client, { structs, next: 0 }]))
    this.#deletes = deletes
  }

  /** Runs of structs that can be placed now, in an order in which they can, and what is needed first to go on. */
  advance(stateOf: StateOf): { readonly runs: readonly Block[]; readonly need: Need | undefined } {
    const state: StateOf = (client) => Math.max(this.#placed.get(client) ?? 0, stateOf(client))
    const runs: Block[] = []
    const queue = [...this.#blocks.keys()]
    const waiting = new Map<number, { readonly client: number; readonly clock: number }[]>()
    const needs = new Map<number, Need>()
    while (true) {
      const client = queue.pop()
      if (client === undefined) break
      needs.delete(client)
      const need = this.#placeRun(client, state, runs)
      if (need !== undefined) {
        needs.set(client, need)
        const others = waiting.get(need.client)
        if (others === undefined) waiting.set(need.client, [{ client, clock: need.clock }])
        else others.push({ client, clock: need.clock })
      }
      const woken = waiting.get(client)
      if (woken !== undefined) {
        const reached = state(client)
        const asleep = woken.filter(({ clock }) => clock > reached)
        for (const other of woken) if (other.clock <= reached) queue.push(other.client)
        waiting.set(client, asleep)
      }
    }
    const [need] = needs.values()
    return { runs, need: need ?? missingDelete(this.#deletes, state) }
  }

  #placeRun(client: number, state: StateOf, runs: Block[]): Need | undefined {
    const block = this.#blocks.get(client)
    if (block === undefined) return undefined
    const run: Struct[] = []
    let need: Need | undefined
    let at = state(client)
    while (block.next < block.structs.length) {
      const struct = block.structs[block.next]
      if (struct === undefined) break
      const end = struct.clock + struct.length
      if (end > at) {
        need = struct.clock > at ? { client, clock: struct.clock } : missingReference(struct, state, at)
        if (need !== undefined) break
        run.push(sliceStruct(struct, at - struct.clock, struct.length))
        at = end
        this.#placed.set(client, end)
      }
      block.next++
    }
    const placed = blockOf(run)
    if (placed !== undefined) runs.push(placed)
    return need
  }
}

/** What a struct refers to and is not there; `own` is how far its own client has come. */
export function missingReference(struct: Struct, stateOf: StateOf, own: number): Need | undefined {
  return (
    missing(struct.origin, struct.client, stateOf, own) ??
    missing(struct.rightOrigin, struct.client, stateOf, own) ??
    (typeof struct.parent === 'object' ? missing(struct.parent, struct.client, stateOf, own) : undefined)
  )
}

function missing(id: Id | undefined, client: number, stateOf: StateOf, own: number): Need | undefined {
  if (id === undefined) return undefined
  const state = id.client === client ? own : stateOf(id.client)
  return id.clock < state ? undefined : { client: id.client, clock: id.clock + 1 }
}

export function missingDelete(deletes: DeleteSet, stateOf: StateOf): Need | undefined {
  for (const [client, ranges] of deletes) {
    const last = ranges[ranges.length - 1]
    if (last !== undefined && last[1] > stateOf(client)) return { client, clock: last[1] }
  }
  return undefined
}
