/** What an update is made of, as data: the codec, the checks and the merging work on this, and none of them needs Yjs. */

export interface Id {
  readonly client: number
  readonly clock: number
}

/** Yjs's numbers of what a struct can hold. */
export const Content = {
  gc: 0,
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
} as const

export type Content = (typeof Content)[keyof typeof Content]

/** Yjs's numbers of shared types that may stand in a document. */
export const SharedType = { array: 0, map: 1, text: 2, element: 3, fragment: 4, xmlText: 6 } as const

/** A run of clocks of one client: an item of a list or map, or (gc) only the place that one had. */
export interface Struct {
  readonly client: number
  readonly clock: number
  /** Clocks that it covers, at least 1. */
  readonly length: number
  readonly content: Content
  /** What stood to its left when it was made. */
  readonly origin: Id | undefined
  readonly rightOrigin: Id | undefined
  /** A root's name or the item that holds the list; only where there is neither origin nor right origin. */
  readonly parent: string | Id | undefined
  /** The key of a map's value or an attribute, said only together with `parent`. */
  readonly key: string | undefined
  /** The content's own encoding; of strings, the text's bytes without their length. */
  readonly payload: Uint8Array
}

/** Consecutive structs of one client. */
export interface Block {
  readonly client: number
  readonly clock: number
  /** The clock after the last. */
  readonly end: number
  readonly structs: readonly Struct[]
}

/** From `from` (included) to `to` (excluded). */
export type Range = readonly [from: number, to: number]
/** Per client, ascending, disjoint, not empty. */
export type DeleteSet = ReadonlyMap<number, readonly Range[]>

export interface Update {
  readonly blocks: readonly Block[]
  readonly deletes: DeleteSet
}

export const NO_DELETES: DeleteSet = new Map()

export function sameId(a: Id | undefined, b: Id | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.client === b.client && a.clock === b.clock)
}

export function blockOf(structs: readonly Struct[]): Block | undefined {
  const first = structs[0]
  const last = structs[structs.length - 1]
  if (first === undefined || last === undefined) return undefined
  return { client: first.client, clock: first.clock, end: last.clock + last.length, structs }
}
