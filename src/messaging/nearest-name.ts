/** Longer names are compared by their beginnings. */
const MAX_COMPARED = 64

/** The name that is spelt most like `asked`, unless none is near enough to have been meant. */
export function nearestName(asked: string, names: readonly string[]): string | undefined {
  const wanted = asked.toLowerCase().slice(0, MAX_COMPARED)
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const candidate = name.toLowerCase().slice(0, MAX_COMPARED)
    const distance = candidate.startsWith(wanted) && wanted.length > 1 ? 1 : editDistance(wanted, candidate, least)
    if (distance < least) {
      least = distance
      nearest = name
    }
  }
  return nearest
}

/** Insertions, deletions and replacements between the two (Levenshtein); gives up above `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? limit
}
