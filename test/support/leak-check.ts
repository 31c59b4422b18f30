import { expect, onTestFinished } from 'vitest'

import { eventuallyPasses } from './eventually.ts'

/** What comes and goes by itself: the test runner's own talk, and work that ends without anybody's help. */
const PASSING = new Set([
  'Immediate',
  'Timeout',
  'MessagePort',
  'TTYWrap',
  'FSReqCallback',
  'FSReqPromise',
  'CloseReq',
  'GetAddrInfoReqWrap',
  'TickObject',
])
/** Sockets are let go of a moment after they were closed. */
const SETTLE_MS = 3000

/**
 * Fails the running test if it leaves sockets, servers, processes or watchers behind. Call it first in the test, so
 * that it looks last.
 */
export function checkLeaks(): void {
  const before = held()
  onTestFinished(async () => {
    await eventuallyPasses(
      () => {
        const grown = [...held()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
        expect(Object.fromEntries(grown), 'handles that the test left behind').toEqual({})
      },
      { timeout: SETTLE_MS, what: 'the release of all handles' },
    )
  })
}

function held(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSING.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}
