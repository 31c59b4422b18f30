import { MAX_COUNT, MAX_TIME } from './constants.ts'

/**
 * A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): near wall time, and yet
 * greater than every clock that its author knew. So its order is causal whatever machines' clocks say.
 */
export interface HybridTime {
  /** Milliseconds: the greatest wall time that the author knew of, its own included. */
  readonly time: number
  /** Tells events of one `time` apart. */
  readonly count: number
}

export const EARLIEST: HybridTime = { time: 0, count: 0 }

export function compareHybrid(a: HybridTime, b: HybridTime): number {
  return a.time - b.time || a.count - b.count
}

export function laterOf(a: HybridTime, b: HybridTime): HybridTime {
  return compareHybrid(a, b) >= 0 ? a : b
}

/** The time of a new event: after everything known, and at the wall's time where that is later. */
export function nextHybrid(known: HybridTime, wall: number): HybridTime {
  const now = Math.min(Math.max(0, Math.floor(wall)), MAX_TIME)
  if (now > known.time) return { time: now, count: 0 }
  return { time: known.time, count: Math.min(known.count + 1, MAX_COUNT) }
}
