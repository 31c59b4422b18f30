import { inspect } from 'node:util'

/** How often a condition is looked at; short, so that tests end soon after what they wait for. */
const POLL_MS = 10
/** Far more than anything here takes, on a machine that is busy with other tests as well. */
export const EVENTUALLY_MS = 15_000

export interface EventuallyOptions {
  /** Milliseconds; default EVENTUALLY_MS. */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** What is waited for, in words, for the failure message. */
  readonly what?: string
}

/**
 * Waits, in real time, until `condition` gives something truthy, and returns that. A condition that throws is not met
 * yet. The failure shows the last value, or the last error, that the condition gave.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const outcome = await poll(async () => {
    const value = await condition()
    return { met: Boolean(value), value }
  }, options)
  return outcome as NonNullable<T>
}

/** Waits, in real time, until `assertion` no longer throws, and returns what it gave. */
export async function eventuallyPasses<T>(
  assertion: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  return await poll(async () => ({ met: true, value: await assertion() }), options)
}

async function poll<T>(
  look: () => Promise<{ readonly met: boolean; readonly value: T }>,
  { timeout = EVENTUALLY_MS, signal, what = 'the condition' }: EventuallyOptions,
): Promise<T> {
  const started = performance.now()
  for (;;) {
    let seen: { readonly value: unknown } | { readonly error: unknown }
    try {
      const outcome = await look()
      if (outcome.met) return outcome.value
      seen = { value: outcome.value }
    } catch (error) {
      seen = { error }
    }
    const waited = performance.now() - started
    if (waited >= timeout || signal?.aborted === true) {
      const last =
        'error' in seen
          ? `the last look threw ${seen.error instanceof Error ? seen.error.message : inspect(seen.error)}`
          : `the last value was ${inspect(seen.value, { depth: 4, breakLength: 120 })}`
      throw new Error(`${what} was not met within ${Math.round(waited)} ms; ${last}`, {
        cause: 'error' in seen ? seen.error : undefined,
      })
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
