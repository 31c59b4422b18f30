import type { Random } from '../../base/random.ts'

/** What counts for when a missing peer is dialled next. */
export interface Absence {
  /** Rounds that failed since it was last connected, or since there was news of it. */
  readonly failures: number
  /** Milliseconds since it was last connected here, or since this peer started. */
  readonly goneFor: number
  /** It may well be there: others are connected to it, or nobody at all is connected, so that the fault may be ours. */
  readonly hopeful: boolean
}

const FIRST_MS = 200
/** With the time that one try takes this stays below 5 s, so that everybody is back within that of a cut's end. */
const HOPEFUL_MAX_MS = 3000
const LONG_GONE_MAX_MS = 60_000
/** Until then an absent peer is expected back any moment, after that it is probably switched off. */
const LONG_GONE_MS = 10 * 60_000
const JITTER = 0.2

/** Milliseconds from one round of dials to a missing peer to the next. */
export function redialDelay(absence: Absence, random: Random): number {
  const limit = absence.hopeful || absence.goneFor < LONG_GONE_MS ? HOPEFUL_MAX_MS : LONG_GONE_MAX_MS
  const delay = Math.min(limit, FIRST_MS * 2 ** Math.min(absence.failures, 20))
  return delay * (1 - JITTER + 2 * JITTER * random.float())
}
