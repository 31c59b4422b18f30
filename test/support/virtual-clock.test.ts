import { describe, expect, test } from 'vitest'

import { every, pause } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import { VirtualClock } from './virtual-clock.ts'

describe('the virtual clock', () => {
  test('fires timers in the order of their times, then of their making', async () => {
    const clock = new VirtualClock()
    const random = seededRandom(7)
    const expected: { at: number; n: number }[] = []
    const fired: number[] = []
    for (let n = 0; n < 3000; n++) {
      const at = random.below(100)
      const timer = clock.after(at, () => fired.push(n))
      if (random.below(3) === 0) timer.dispose()
      else expected.push({ at, n })
    }
    expect(clock.pending).toBe(expected.length)
    await clock.advance(100)
    expect(fired).toEqual(expected.sort((a, b) => a.at - b.at || a.n - b.n).map(({ n }) => n))
    expect(clock.pending).toBe(0)
  })

  test('lets all promises and ticks settle between two timers at the same instant', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    clock.after(5, () => {
      seen.push('a')
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve()
        process.nextTick(() => {
          void Promise.resolve().then(() => seen.push('after a'))
        })
      })()
    })
    clock.after(5, () => seen.push('b'))
    await clock.advance(5)
    expect(seen).toEqual(['a', 'after a', 'b'])
  })

  test('shows the time of the timer while it fires, and the end afterwards', async () => {
    const clock = new VirtualClock({ start: 1000 })
    const seen: number[] = []
    clock.after(10, () => seen.push(clock.now(), clock.monotonic()))
    await clock.advance(25)
    expect(seen).toEqual([1010, 10])
    expect(clock.now()).toBe(1025)
  })

  test('passes no time while things settle', async () => {
    const clock = new VirtualClock()
    let fired = 0
    clock.after(0, () => fired++)
    clock.after(-5, () => fired++)
    clock.after(1, () => fired++)
    await clock.settle()
    expect(fired).toBe(2)
    expect(clock.monotonic()).toBe(0)
  })

  test('stops where the condition holds, and fails where it never does', async () => {
    const clock = new VirtualClock()
    let count = 0
    const ticking = every(clock, 100, () => count++)
    await clock.runUntil(() => count === 5)
    expect(clock.monotonic()).toBeLessThan(520)
    await expect(clock.runUntil(async () => false, { limit: 1000, what: 'never' })).rejects.toThrow(
      'never was not met within 1000 ms',
    )
    ticking.dispose()
    expect(clock.pending).toBe(0)
  })

  test('drives work that waits', async () => {
    const clock = new VirtualClock()
    const work = async (): Promise<string> => {
      await pause(clock, 86_400_000)
      return 'done'
    }
    await expect(clock.drive(work(), { limit: 1000 })).rejects.toThrow('did not end')
    expect(await clock.drive(work(), { limit: 90_000_000 })).toBe('done')
    await expect(clock.drive(Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  test('hands on what a timer throws', async () => {
    const clock = new VirtualClock()
    clock.after(1, () => {
      throw new Error('in a timer')
    })
    await expect(clock.advance(1)).rejects.toThrow('in a timer')
    await clock.advance(1)
  })

  test('notices timers that never let time pass', async () => {
    const clock = new VirtualClock()
    const again = (): void => void clock.after(0, again)
    again()
    await expect(clock.advance(1)).rejects.toThrow('keep firing')
  })

  test('machines may be years off, and one that halts fires no more', async () => {
    const clock = new VirtualClock()
    const ahead = clock.machine({ offset: 1e11 })
    const behind = clock.skewed(-1e11)
    expect(ahead.now() - behind.now()).toBe(2e11)
    let fired = 0
    ahead.after(10, () => fired++)
    behind.after(10, () => fired++)
    ahead.halt()
    ahead.after(5, () => fired++)
    await clock.advance(20)
    expect(fired).toBe(1)
  })
})
