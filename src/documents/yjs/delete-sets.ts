import type { DeleteSet, Range } from './struct.ts'

/** Ascending, disjoint and as few as possible. */
export function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  if (ranges.length < 2) return ranges
  const merged: [number, number][] = []
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = merged[merged.length - 1]
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function unite(sets: readonly DeleteSet[]): DeleteSet {
  const all = new Map<number, Range[]>()
  for (const set of sets) {
    for (const [client, ranges] of set) {
      const known = all.get(client)
      if (known === undefined) all.set(client, [...ranges])
      else for (const range of ranges) known.push(range)
    }
  }
  return new Map([...all].map(([client, ranges]) => [client, mergeRanges(ranges)]))
}

/** The index of the first range that ends after `clock`. */
export function firstAfter(ranges: readonly Range[], clock: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const range = ranges[middle]
    if (range !== undefined && range[1] <= clock) low = middle + 1
    else high = middle
  }
  return low
}

export function isDeleted(set: DeleteSet, client: number, clock: number): boolean {
  const ranges = set.get(client)
  if (ranges === undefined) return false
  const range = ranges[firstAfter(ranges, clock)]
  return range !== undefined && range[0] <= clock
}

/** Whether everything in `part` is in `whole`. */
export function covers(whole: DeleteSet, part: DeleteSet): boolean {
  for (const [client, ranges] of part) {
    const held = mergeRanges(whole.get(client) ?? [])
    for (const [from, to] of ranges) {
      const range = held[firstAfter(held, from)]
      if (range === undefined || range[0] > from || range[1] < to) return false
    }
  }
  return true
}
