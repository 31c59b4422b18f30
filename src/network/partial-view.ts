/**
 * In a small swarm everybody is connected to everybody. In a larger one each peer holds a random part of it, its view,
 * which changes all the time: random links keep the swarm in one piece, and new ones mend it after a partition, in which
 * both sides filled their views with their own.
 */

/** Others that a peer is connected to at most, unless it relays for more: six are enough for gossip, the rest is reserve. */
export const MAX_VIEW = 12
/** One more random peer is dialled so often, give or take a fifth; somebody else goes for it. */
export const ROTATE_MS = 30_000
/** A rotation that met nobody is followed by the next one soon. */
export const ROTATE_AGAIN_MS = 3000
/** A link that is younger is not given up for a newer one. */
export const MIN_LINK_AGE_MS = 10_000

export interface ViewSize {
  /** With fewer links others are dialled. */
  readonly least: number
  /** With more links some are given up. */
  readonly most: number
}

/** @param known how many others there are */
export function viewSize(known: number, most = MAX_VIEW): ViewSize {
  if (known <= most) return { least: known, most: known }
  return { least: Math.ceil((most * 2) / 3), most }
}
