import { useEffect } from 'react'

/** Does something that can wait while nobody waits for anything: once, after the component is there. */
export function useIdle(work: () => Promise<unknown>): void {
  useEffect(() => {
    const idle = requestIdleCallback(() => {
      // Whatever can't be had now is asked for again when it is needed.
      work().catch(() => undefined)
    })
    return () => cancelIdleCallback(idle)
  }, [work])
}
