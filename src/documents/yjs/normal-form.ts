import { concatBytes } from '../../base/bytes.ts'
import { MAX_NESTING } from '../constants.ts'
import { MalformedUpdateError } from './byte-reader.ts'
import { firstAfter, isDeleted, unite } from './delete-sets.ts'
import { ParentFinder } from './parent-finder.ts'
import { gcStruct } from './read-update.ts'
import { lengthPayload, sliceStruct, withoutContent } from './slice-struct.ts'
import type { Block, DeleteSet, Struct, Update } from './struct.ts'
import { blockOf, Content, sameId } from './struct.ts'

/**
 * One author's updates, in the order in which they were written, said as one: the same structs and the same deletions,
 * in the fewest words. Depends on nothing but what the author wrote, so that everybody who holds that comes to the same
 * bytes, whatever other authors did and whether or not they count:
 *
 * - What the author deleted himself loses its content, and what stood inside an element that he deleted loses its
 *   place, too, as Yjs's own collection does (gc). What others deleted keeps both: they may not count.
 * - Runs that Yjs would merge into one item are one struct.
 *
 * @throws MalformedUpdateError where a client's clocks have a gap
 */
export function normalForm(updates: readonly Update[]): Update {
  const deletes = unite(updates.map((update) => update.deletes))
  const blocks = joinBlocks(updates)
  const parents = new ParentFinder(blocks)
  const isGone = (struct: Struct): boolean => isInsideDeleted(struct, parents, deletes)
  const normal = [...blocks.values()].map(({ structs }) => {
    const written = structs.flatMap((struct) => collect(struct, isGone(struct), deletes))
    return blockOf(mergeRuns(written))
  })
  const present = normal.filter((block) => block !== undefined)
  return { blocks: present.sort((a, b) => b.client - a.client), deletes }
}

/** Blocks of one client end to end; what was said before is left out. */
function joinBlocks(updates: readonly Update[]): ReadonlyMap<number, Block> {
  const joined = new Map<number, { client: number; clock: number; end: number; structs: Struct[] }>()
  const blocks = updates.flatMap((update) => update.blocks).sort((a, b) => a.clock - b.clock)
  for (const { client, clock, end, structs } of blocks) {
    const known = joined.get(client)
    if (known === undefined) joined.set(client, { client, clock, end, structs: [...structs] })
    else if (clock > known.end) throw new MalformedUpdateError('a client’s clocks have a gap')
    else if (end > known.end) {
      for (const struct of structsFrom(structs, known.end)) known.structs.push(struct)
      known.end = end
    }
  }
  return joined
}

/** The structs of a block from a clock on, the first one cut where the clock lies inside it. */
export function structsFrom(structs: readonly Struct[], clock: number): readonly Struct[] {
  const index = structs.findIndex((struct) => struct.clock + struct.length > clock)
  const first = structs[index]
  if (first === undefined) return []
  if (first.clock >= clock) return structs.slice(index)
  return [sliceStruct(first, clock - first.clock, first.length), ...structs.slice(index + 1)]
}

/** Whether the list that holds this struct is gone: the author deleted the element that it belongs to, or one above. */
function isInsideDeleted(struct: Struct, parents: ParentFinder, deletes: DeleteSet): boolean {
  let holder = parents.holderOf(struct)
  for (let depth = 0; holder !== undefined && depth <= MAX_NESTING; depth++) {
    if (isDeleted(deletes, holder.client, holder.clock)) return true
    const above = parents.structAt(holder)
    if (above === undefined) return false
    if (above.content === Content.gc) return true
    holder = parents.holderOf(above)
  }
  return false
}

/** A struct as its author left it: in one piece, or in pieces where some of it was deleted. */
function collect(struct: Struct, isGone: boolean, deletes: DeleteSet): readonly Struct[] {
  const { client, clock, content, length } = struct
  if (content === Content.gc) return [struct]
  if (isGone) return [gcStruct(client, clock, length)]
  const ranges = deletes.get(client)
  if (ranges === undefined || content === Content.deleted) return [struct]
  const pieces: Struct[] = []
  let at = 0
  for (let i = firstAfter(ranges, clock); at < length; i++) {
    const [from, to] = ranges[i] ?? [Infinity, Infinity]
    const begin = Math.min(Math.max(from - clock, at), length)
    const end = Math.min(to - clock, length)
    if (begin > at) pieces.push(sliceStruct(struct, at, begin))
    if (end > begin) pieces.push(withoutContent(sliceStruct(struct, begin, end)))
    at = Math.max(begin, end)
  }
  return pieces
}

/** Joins neighbours that Yjs would hold as one item. Values are left apart: of a map's, only the last one counts. */
function mergeRuns(structs: readonly Struct[]): readonly Struct[] {
  const merged: Struct[] = []
  let run: Struct[] = []
  const flush = (): void => {
    const struct = joinRun(run)
    if (struct !== undefined) merged.push(struct)
    run = []
  }
  for (const struct of structs) {
    const last = run[run.length - 1]
    if (last !== undefined && !continues(last, struct)) flush()
    run.push(struct)
  }
  flush()
  return merged
}

function continues(left: Struct, right: Struct): boolean {
  if (left.content !== right.content) return false
  if (left.content === Content.gc) return true
  if (left.content !== Content.string && left.content !== Content.deleted) return false
  const { origin } = right
  const end = left.clock + left.length
  return (
    origin !== undefined &&
    origin.client === left.client &&
    origin.clock === end - 1 &&
    sameId(left.rightOrigin, right.rightOrigin)
  )
}

function joinRun(run: readonly Struct[]): Struct | undefined {
  const [first, ...others] = run
  if (first === undefined || others.length === 0) return first
  const length = run.reduce((sum, struct) => sum + struct.length, 0)
  if (first.content === Content.gc) return { ...first, length }
  const payload =
    first.content === Content.string ? concatBytes(...run.map((struct) => struct.payload)) : lengthPayload(length)
  return { ...first, length, payload }
}
