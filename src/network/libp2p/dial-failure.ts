import { messageOf } from '../../base/errors.ts'

/** One address that was tried, and why it did not work, in few words. */
export interface FailedAttempt {
  readonly place: string
  readonly reason: string
}

/** What makes a dial fail, in a person's words. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'nobody listens there'],
  [/ECONNRESET|EPIPE|socket hang up|TCP transmission error/, 'the connection was cut off'],
  [/ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL/, 'there is no way there from this network'],
  [/ENOTFOUND|EAI_AGAIN/, 'the name is not known'],
  [/ETIMEDOUT|did not answer/, 'no answer'],
  [/does not match|did not match/, 'somebody else answers there'],
]

export function reasonOf(error: unknown): string {
  const text = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
  for (const [pattern, reason] of REASONS) if (pattern.test(text)) return reason
  return text.split('\n')[0]?.slice(0, 120) ?? 'unknown'
}

/** Attempts that are spelled out in a message; more help nobody. */
const MAX_SHOWN = 8

export function describeFailure(who: string, attempts: readonly FailedAttempt[]): string {
  if (attempts.length === 0) return `cannot reach ${who}: no address of it is known`
  const shown = attempts.slice(0, MAX_SHOWN).map(({ place, reason }) => `${place} (${reason})`)
  const more = attempts.length > MAX_SHOWN ? ` and ${attempts.length - MAX_SHOWN} more` : ''
  return `cannot reach ${who}; tried ${shown.join(', ')}${more}. Is it running, and on the same network?`
}
