import type { Random } from '../base/random.ts'
import { FETCH_ALL_BYTES } from './constants.ts'
import type { Listed } from './protocol.ts'

/**
 * What to fetch of the envelopes that are new: everything, or, where that is much, those for this device among at least as
 * many others and up to FETCH_ALL_BYTES in all; the rest comes with later looks. In an order that tells nothing.
 */
export function planFetch(
  fresh: readonly Listed[],
  isOwn: (listed: Listed) => boolean,
  random: Random,
): readonly Listed[] {
  const shuffled = shuffle(fresh, random)
  if (total(fresh) <= FETCH_ALL_BYTES) return shuffled
  const own = shuffled.filter(isOwn)
  const chosen = new Set(own)
  let bytes = total(own)
  let others = 0
  for (const listed of shuffled) {
    if (chosen.has(listed)) continue
    if (others >= own.length && bytes + listed.bytes > FETCH_ALL_BYTES) break
    chosen.add(listed)
    others++
    bytes += listed.bytes
  }
  return shuffled.filter((listed) => chosen.has(listed))
}

function total(listed: readonly Listed[]): number {
  return listed.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Fisher and Yates. */
function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const moved = shuffled[last]
    const taken = shuffled[other]
    if (moved === undefined || taken === undefined) continue
    shuffled[last] = taken
    shuffled[other] = moved
  }
  return shuffled
}
