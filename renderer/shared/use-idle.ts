import { useEffect } from 'react'

/** A busy machine is never idle. */
const PATIENCE_MS = 2000

/** Does something that can wait while nobody waits for anything: once, after the component is there. */
export function useIdle(work: () => Promise<unknown>): void {
  useEffect(() => {
    const start = (): void => {
      // Whatever can't be had now is asked for again when it is needed.
      work().catch(() => undefined)
    }
    const idle = requestIdleCallback(start, { timeout: PATIENCE_MS })
    return () => cancelIdleCallback(idle)
  }, [work])
}
