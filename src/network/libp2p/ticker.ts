import type { Clock } from '../../base/clock.ts'
import { every } from '../../base/clock.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import { SLEEP_MS, TICK_MS } from './constants.ts'

/** A tick that comes this late says more about this process than about anybody else. */
const LATE_MS = 250

export type Tick = 'punctual' | 'late' | 'slept'

/**
 * Ticks, and says when this process was held up or the machine slept in between: then the silence of others is no sign
 * of their death (Lifeguard: stretch your own timeouts when your own loop is late), and after a sleep everybody is to be
 * dialled. Some systems stop the monotonic clock during sleep, so the wall clock is looked at, too.
 */
export function startTicker(clock: Clock, onTick: (tick: Tick) => void): Disposable {
  let monotonic = clock.monotonic()
  let wall = clock.now()
  return every(clock, TICK_MS, () => {
    const passed = clock.monotonic() - monotonic
    const passedOnWall = clock.now() - wall
    monotonic = clock.monotonic()
    wall = clock.now()
    if (Math.max(passed, passedOnWall) > SLEEP_MS) onTick('slept')
    else onTick(passed > TICK_MS + LATE_MS ? 'late' : 'punctual')
  })
}
