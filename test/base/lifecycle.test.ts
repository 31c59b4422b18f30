import { describe, expect, test } from 'vitest'

import type { Startable } from '../../src/base/lifecycle.ts'
import { DisposableStore, startAll, stopAll } from '../../src/base/lifecycle.ts'

describe('a disposable store', () => {
  test('lets go in reverse order, once', () => {
    const store = new DisposableStore()
    const order: number[] = []
    store.onDispose(() => order.push(1))
    store.onDispose(() => order.push(2))
    const released = store.add({ dispose: () => order.push(3) })
    store.release(released)
    expect(order).toEqual([3])
    store.dispose()
    store.dispose()
    expect(order).toEqual([3, 2, 1])
    expect(store.disposed).toBe(true)
  })

  test('lets go at once of what comes too late', () => {
    const store = new DisposableStore()
    store.dispose()
    let gone = 0
    store.onDispose(() => gone++)
    expect(gone).toBe(1)
  })
})

describe('parts', () => {
  const part = (name: string, log: string[], fails?: 'start' | 'stop'): Startable => ({
    async start() {
      log.push(`start ${name}`)
      if (fails === 'start') throw new Error(`${name} does not start`)
    },
    async stop() {
      log.push(`stop ${name}`)
      if (fails === 'stop') throw new Error(`${name} does not stop`)
    },
  })

  test('start in order and stop in reverse', async () => {
    const log: string[] = []
    const parts = [part('a', log), part('b', log)]
    await startAll(parts)
    await stopAll(parts)
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a'])
  })

  test('that had started are stopped when one fails, which is told even if stopping fails as well', async () => {
    const log: string[] = []
    const parts = [part('a', log, 'stop'), part('b', log, 'start'), part('c', log)]
    await expect(startAll(parts)).rejects.toThrow('b does not start')
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a'])
  })

  test('are all stopped though one fails', async () => {
    const log: string[] = []
    await expect(stopAll([part('a', log), part('b', log, 'stop'), part('c', log)])).rejects.toThrow('b does not stop')
    expect(log).toEqual(['stop c', 'stop b', 'stop a'])
  })
})
