import { ago } from './words.ts'

interface Presence {
  readonly online: boolean
  readonly lastSeen: number | null
}

/** "here", "5 min ago", "not yet". */
export function presenceText({ online, lastSeen }: Presence, now: number): string {
  if (online) return 'here'
  return lastSeen === null ? 'not yet' : ago(lastSeen, now)
}
