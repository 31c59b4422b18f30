/** The value below which the share `part` of the values lies; NaN of none. */
export function percentile(values: readonly number[], part: number): number {
  const ordered = [...values].sort((a, b) => a - b)
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * part))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** Milliseconds on a clock that all processes of one machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Asks again until the answer is not undefined. */
export async function poll<T>(what: string, limit: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = sharedNow() + limit
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (sharedNow() > end) throw new Error(`${what}: not within ${limit / 1000} s`)
    await pause(20)
  }
}
