import { formatCount } from '../format/numbers.ts'

/** The peer counts no further than this. */
const MOST = 99

export function unreadText(count: number): string {
  return count > MOST ? `${formatCount(MOST)}+` : formatCount(count)
}
