/** A change of a text: at a UTF-16 index of what it was, so much is taken out and this put in. */
export interface TextEdit {
  readonly index: number
  readonly remove: number
  readonly insert: string
}

/** Differences above which a search costs more than it is worth: then the whole stretch is replaced. */
const MAX_DIFFERENT_LINES = 2000
const MAX_DIFFERENT_CHARACTERS = 400

/**
 * Few and small changes that make `after` out of `before`, first to last: by lines, and within changed lines by
 * characters (never through a surrogate pair). Algorithm: Myers, An O(ND) Difference Algorithm, 1986.
 */
export function diffText(before: string, after: string): readonly TextEdit[] {
  const from = linesOf(before)
  const to = linesOf(after)
  const names = new Map<string, number>()
  const nameOf = (line: string): number => {
    const known = names.get(line)
    if (known !== undefined) return known
    names.set(line, names.size)
    return names.size - 1
  }
  const starts = startsOf(from)
  return diffSequences(from.map(nameOf), to.map(nameOf), MAX_DIFFERENT_LINES).flatMap((hunk) => {
    const removed = from.slice(hunk.from, hunk.fromEnd).join('')
    const inserted = to.slice(hunk.to, hunk.toEnd).join('')
    return diffCharacters(starts[hunk.from] ?? before.length, removed, inserted)
  })
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function startsOf(parts: readonly string[]): readonly number[] {
  let at = 0
  return parts.map((part) => {
    const start = at
    at += part.length
    return start
  })
}

function diffCharacters(index: number, removed: string, inserted: string): readonly TextEdit[] {
  if (removed === '' || inserted === '') return [{ index, remove: removed.length, insert: inserted }]
  const from = [...removed]
  const to = [...inserted]
  const starts = startsOf(from)
  const code = (character: string): number => character.codePointAt(0) ?? 0
  return diffSequences(from.map(code), to.map(code), MAX_DIFFERENT_CHARACTERS).map((hunk) => ({
    index: index + (starts[hunk.from] ?? removed.length),
    remove: from.slice(hunk.from, hunk.fromEnd).join('').length,
    insert: to.slice(hunk.to, hunk.toEnd).join(''),
  }))
}

/** What differs: a stretch of the one against a stretch of the other, ends excluded. */
export interface Hunk {
  readonly from: number
  readonly fromEnd: number
  readonly to: number
  readonly toEnd: number
}

/** Stretches that differ, in order; one over all where more than `most` elements do. */
export function diffSequences(a: readonly number[], b: readonly number[], most: number): readonly Hunk[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const middleA = a.slice(head, a.length - tail)
  const middleB = b.slice(head, b.length - tail)
  if (middleA.length === 0 && middleB.length === 0) return []
  const whole = { from: 0, fromEnd: middleA.length, to: 0, toEnd: middleB.length }
  const isOneSided = middleA.length === 0 || middleB.length === 0
  const hunks = isOneSided ? [whole] : (hunksOf(middleA, middleB, most) ?? [whole])
  return hunks.map(({ from, fromEnd, to, toEnd }) => ({
    from: from + head,
    fromEnd: fromEnd + head,
    to: to + head,
    toEnd: toEnd + head,
  }))
}

function hunksOf(a: readonly number[], b: readonly number[], most: number): readonly Hunk[] | undefined {
  const trace: Int32Array[] = []
  const size = Math.min(a.length + b.length, most)
  const furthest = new Int32Array(2 * size + 3)
  const middle = size + 1
  for (let d = 0; d <= size; d++) {
    trace.push(furthest.slice(middle - d - 1, middle + d + 2))
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(furthest, middle + k - 1) < at(furthest, middle + k + 1))
      let x = down ? at(furthest, middle + k + 1) : at(furthest, middle + k - 1) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      furthest[middle + k] = x
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length)
    }
  }
  return undefined
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? 0
}

/** Follows the steps of the search from its end, and joins those that touch. */
function walkBack(trace: readonly Int32Array[], endA: number, endB: number): readonly Hunk[] {
  const hunks: Hunk[] = []
  let x = endA
  let y = endB
  for (let d = trace.length - 1; d > 0; d--) {
    const row = trace[d] ?? new Int32Array()
    const k = x - y
    const value = (diagonal: number): number => at(row, diagonal + d + 1)
    const down = k === -d || (k !== d && value(k - 1) < value(k + 1))
    const fromX = down ? value(k + 1) : value(k - 1)
    const fromY = fromX - (down ? k + 1 : k - 1)
    const stepX = down ? fromX : fromX + 1
    const stepY = down ? fromY + 1 : fromY
    const last = hunks[hunks.length - 1]
    if (last !== undefined && last.from === stepX && last.to === stepY) {
      hunks[hunks.length - 1] = { from: fromX, fromEnd: last.fromEnd, to: fromY, toEnd: last.toEnd }
    } else hunks.push({ from: fromX, fromEnd: stepX, to: fromY, toEnd: stepY })
    x = fromX
    y = fromY
  }
  return hunks.reverse()
}
