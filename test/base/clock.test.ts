import { describe, expect, test } from 'vitest'

import { every, pause, systemClock } from '../../src/base/clock.ts'
import { AbortedError } from '../../src/base/errors.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

describe('every', () => {
  test('calls at each period until disposed', async () => {
    const clock = new VirtualClock()
    const at: number[] = []
    const ticking = every(clock, 100, () => at.push(clock.monotonic()))
    await clock.advance(350)
    ticking.dispose()
    ticking.dispose()
    await clock.advance(1000)
    expect(at).toEqual([100, 200, 300])
    expect(clock.pending).toBe(0)
  })

  test('may be disposed by what it calls', async () => {
    const clock = new VirtualClock()
    let calls = 0
    const ticking = every(clock, 10, () => {
      calls++
      if (calls === 2) ticking.dispose()
    })
    await clock.advance(1000)
    expect(calls).toBe(2)
    expect(clock.pending).toBe(0)
  })
})

describe('pause', () => {
  test('ends after its time', async () => {
    const clock = new VirtualClock()
    await clock.drive(pause(clock, 500))
    expect(clock.monotonic()).toBe(500)
  })

  test('ends at once when its signal fires, and leaves no timer', async () => {
    const clock = new VirtualClock()
    const stop = new AbortController()
    const pausing = pause(clock, 500, stop.signal)
    stop.abort()
    await expect(pausing).rejects.toThrow(AbortedError)
    await expect(pause(clock, 500, stop.signal)).rejects.toThrow(AbortedError)
    expect(clock.pending).toBe(0)
    expect(clock.monotonic()).toBe(0)
  })

  test('does not mind a signal that fires afterwards', async () => {
    const clock = new VirtualClock()
    const stop = new AbortController()
    await clock.drive(pause(clock, 5, stop.signal))
    stop.abort()
    await clock.settle()
  })
})

describe('the machine’s clock', () => {
  test('fires, unless disposed', async () => {
    const fired: string[] = []
    systemClock.after(1, () => fired.push('disposed')).dispose()
    const before = systemClock.monotonic()
    await new Promise<void>((resolve) => {
      // Its timers keep no process alive; this one does.
      const awake = setInterval(() => undefined, 1000)
      systemClock.after(5, () => {
        clearInterval(awake)
        resolve()
      })
    })
    expect(systemClock.monotonic()).toBeGreaterThan(before)
    expect(fired).toEqual([])
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  })
})
