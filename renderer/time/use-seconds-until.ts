import { useEffect, useState } from 'react'

import { now } from './clock.ts'

/** Whole seconds until `at` (wall time in milliseconds), counted down while it is shown; null where there is nothing to wait for. */
export function useSecondsUntil(at: number | null): number | null {
  const [time, setTime] = useState(now)
  useEffect(() => {
    if (at === null) return undefined
    const timer = setInterval(() => setTime(now()), 1000)
    return () => clearInterval(timer)
  }, [at])
  return at === null ? null : Math.max(0, Math.ceil((at - time) / 1000))
}
