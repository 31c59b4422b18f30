/** Sequences, both ends included. */
export type Range = readonly [from: number, to: number]

/** Sorted ranges, with those that touch joined. */
export function joinAdjacent(ranges: readonly Range[]): readonly Range[] {
  const joined: [number, number][] = []
  for (const [from, to] of ranges) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

export function isWithin(ranges: readonly Range[], sequence: number): boolean {
  return ranges.some(([from, to]) => from <= sequence && sequence <= to)
}

/** What of the ranges lies between these ends. */
export function clip(ranges: readonly Range[], [first, last]: Range): readonly Range[] {
  return ranges.flatMap(([from, to]): Range[] => {
    const [start, end] = [Math.max(from, first), Math.min(to, last)]
    return start > end ? [] : [[start, end]]
  })
}

/** What of sorted `ranges` is in none of sorted `others`. */
export function without(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return ranges.flatMap(([from, to]) => {
    const left: Range[] = []
    let next = from
    for (const [start, end] of clip(others, [from, to])) {
      if (start > next) left.push([next, start - 1])
      next = end + 1
    }
    if (next <= to) left.push([next, to])
    return left
  })
}

export function sameRanges(a: readonly Range[], b: readonly Range[]): boolean {
  return a.length === b.length && a.every(([from, to], index) => b[index]?.[0] === from && b[index]?.[1] === to)
}
