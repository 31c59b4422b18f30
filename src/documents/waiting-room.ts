import type { Need } from './yjs/weave.ts'

/** Where an entry stands: a journal in short, and its sequence. */
export interface Place {
  readonly tag: string
  readonly sequence: number
}

/**
 * Who waits for what in one document. Updates of one journal wait in line: what an author wrote first is judged first
 * on every peer, even where it waits longer. Checkpoints stand outside the line: they say what came before it.
 */
export class WaitingRoom {
  /** Ascending sequences of updates by journal; the first is the one that is looked at. */
  readonly #lines = new Map<string, number[]>()
  readonly #checkpoints = new Map<string, Place>()
  /** By the client that is waited for. */
  readonly #needs = new Map<number, { readonly clock: number; readonly place: Place }[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Whether an update has to stand in line behind an earlier one of its journal. */
  isBehindAnother({ sequence, tag }: Place): boolean {
    const first = this.#lines.get(tag)?.[0]
    return first !== undefined && first < sequence
  }

  add(place: Place, kind: 'update' | 'checkpoint'): void {
    this.#size++
    if (kind === 'checkpoint') {
      this.#checkpoints.set(nameOf(place), place)
      return
    }
    const line = this.#lines.get(place.tag)
    if (line === undefined) {
      this.#lines.set(place.tag, [place.sequence])
      return
    }
    let at = line.length
    while (at > 0 && (line[at - 1] ?? 0) > place.sequence) at--
    line.splice(at, 0, place.sequence)
  }

  /** Remembers to come back to it once the need is met. */
  expect(place: Place, need: Need): void {
    const entry = { clock: need.clock, place }
    const others = this.#needs.get(need.client)
    if (others === undefined) this.#needs.set(need.client, [entry])
    else others.push(entry)
  }

  /** Those whose need is met now that the client has come so far. */
  met(client: number, clock: number): readonly Place[] {
    const needs = this.#needs.get(client)
    if (needs === undefined) return []
    const met = needs.filter((need) => need.clock <= clock)
    if (met.length === 0) return []
    if (met.length === needs.length) this.#needs.delete(client)
    else
      this.#needs.set(
        client,
        needs.filter((need) => need.clock > clock),
      )
    return met.map(({ place }) => place)
  }

  /** Takes it out; returns the update that is first in line now, where that changed. */
  remove(place: Place): Place | undefined {
    if (this.#checkpoints.delete(nameOf(place))) {
      this.#size--
      return undefined
    }
    const line = this.#lines.get(place.tag)
    const at = line?.indexOf(place.sequence) ?? -1
    if (line === undefined || at === -1) return undefined
    this.#size--
    if (at === 0) line.shift()
    else line.splice(at, 1)
    const next = line[0]
    if (next === undefined) this.#lines.delete(place.tag)
    return at === 0 && next !== undefined ? { tag: place.tag, sequence: next } : undefined
  }

  isCheckpoint(place: Place): boolean {
    return this.#checkpoints.has(nameOf(place))
  }

  /** All that are looked at: the first of each line, and every checkpoint. */
  front(): readonly Place[] {
    const first = [...this.#lines].flatMap(([tag, [sequence]]) => (sequence === undefined ? [] : [{ tag, sequence }]))
    return [...first, ...this.#checkpoints.values()]
  }
}

export function nameOf({ sequence, tag }: Place): string {
  return `${tag} ${sequence}`
}
