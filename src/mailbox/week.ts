/** The hours of the last seven days in which a machine was seen: one bit each, by hour modulo the week. */
export interface Week {
  /** The last hour in which it was seen, counted from 1970. */
  readonly hour: number
  readonly bits: Uint8Array
}

const HOUR_MS = 3_600_000
const WEEK_HOURS = 168
export const WEEK_BYTES = WEEK_HOURS / 8

/** Seen now; the same object where that was known. */
export function seenAt(week: Week | undefined, now: number): Week {
  const hour = Math.floor(now / HOUR_MS)
  if (week !== undefined && week.hour === hour) return week
  const bits = rolled(week, hour)
  setBit(bits, hour)
  return { hour, bits }
}

/** In how many hours of the last week it was seen, 0 to 168. */
export function hoursSeen(week: Week | undefined, now: number): number {
  let hours = 0
  for (const byte of rolled(week, Math.floor(now / HOUR_MS))) for (let bits = byte; bits > 0; bits &= bits - 1) hours++
  return hours
}

/** A copy in which hours that are a week ago by now are cleared. A clock that was set back by more than a week begins anew. */
function rolled(week: Week | undefined, hour: number): Uint8Array {
  const bits = new Uint8Array(WEEK_BYTES)
  if (week === undefined || Math.abs(hour - week.hour) >= WEEK_HOURS) return bits
  bits.set(week.bits)
  for (let passed = week.hour + 1; passed <= hour; passed++) {
    const at = passed % WEEK_HOURS
    bits[at >> 3] = (bits[at >> 3] ?? 0) & ~(1 << (at & 7))
  }
  return bits
}

function setBit(bits: Uint8Array, hour: number): void {
  const at = hour % WEEK_HOURS
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
}
