/** No word of a list is as long; what is typed beyond it does not bring it nearer to any. */
const MAX_LENGTH = 16
/** A beginning of this length names one word of BIP39's lists. */
const TELLING_PREFIX = 4

/** The word of `list` that was most likely meant: one that `typed` begins, else the one that the fewest slips lead to. */
export function nearestWord(typed: string, list: readonly string[]): string {
  const word = typed.slice(0, MAX_LENGTH)
  const begun = word.length >= TELLING_PREFIX ? list.find((candidate) => candidate.startsWith(word)) : undefined
  if (begun !== undefined) return begun
  let nearest = list[0] ?? ''
  let fewest = Infinity
  for (const candidate of list) {
    // Of two at one distance the one that begins alike: people mistype ends more often.
    const slips = slipsBetween(word, candidate) - sharedStart(word, candidate) / 100
    if (slips < fewest) {
      fewest = slips
      nearest = candidate
    }
  }
  return nearest
}

/** Letters too many, too few, wrong, or swapped with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1))
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwapped) slips = Math.min(slips, (beforeLast[j - 2] ?? 0) + 1)
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

function sharedStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
