import type { Supersedes } from '../journal/entry-types.ts'
import { mergeRanges } from './yjs/delete-sets.ts'
import type { Range } from './yjs/struct.ts'

/** Sequences as half-open ranges: neighbours join. */
export function asRanges(ranges: Supersedes['ranges']): readonly Range[] {
  return ranges.map(([from, to]) => [from, to + 1] as const)
}

/** One list per incarnation, neighbours joined. */
export function joinSupersedes(lists: readonly Supersedes[]): readonly Supersedes[] {
  const joined = new Map<string, Range[]>()
  for (const { incarnation, ranges } of lists) {
    joined.set(incarnation, [...(joined.get(incarnation) ?? []), ...asRanges(ranges)])
  }
  return [...joined]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([incarnation, ranges]) => ({
      incarnation,
      ranges: mergeRanges(ranges).map(([from, to]) => [from, to - 1] as const),
    }))
}

/**
 * Whether what is superseded is all there: each sequence is one that is held, or is covered in turn by a checkpoint
 * that is held.
 */
export function isWhole(superseded: readonly Supersedes[], held: readonly Supersedes[]): boolean {
  const all = new Map(joinSupersedes(held).map(({ incarnation, ranges }) => [incarnation, asRanges(ranges)]))
  return joinSupersedes(superseded).every(({ incarnation, ranges }) => {
    const there = all.get(incarnation) ?? []
    return asRanges(ranges).every(([from, to]) => there.some((one) => one[0] <= from && to <= one[1]))
  })
}

export function countRanges(lists: readonly Supersedes[]): number {
  return lists.reduce((sum, { ranges }) => sum + ranges.length, 0)
}
