import { describe, expect, test } from 'vitest'

import { seededRandom } from '../../../src/base/random.ts'
import type { Absence } from '../../../src/network/libp2p/backoff.ts'
import { redialDelay } from '../../../src/network/libp2p/backoff.ts'

const HOUR = 3_600_000

function delays(absence: Omit<Absence, 'failures'>, count = 12): number[] {
  const random = seededRandom(7)
  return Array.from({ length: count }, (_, failures) => redialDelay({ ...absence, failures }, random))
}

describe('pauses between dials', () => {
  test('N20 it begins with a fifth of a second and grows', () => {
    const [first = 0, second = 0, third = 0] = delays({ goneFor: 0, hopeful: false })
    expect(first).toBeGreaterThanOrEqual(160)
    expect(first).toBeLessThanOrEqual(240)
    expect(second).toBeGreaterThan(first)
    expect(third).toBeGreaterThan(second)
  })

  test('N20 it stays below 4 s for ten minutes, and for ever while there is hope', () => {
    for (const absence of [
      { goneFor: 599_000, hopeful: false },
      { goneFor: 1000 * HOUR, hopeful: true },
    ]) {
      expect(Math.max(...delays(absence))).toBeLessThanOrEqual(3600)
      expect(Math.min(...delays(absence).slice(5))).toBeGreaterThan(2000)
    }
  })

  test('N20 for who is long gone it grows to a minute', () => {
    const long = delays({ goneFor: HOUR, hopeful: false }, 40)
    expect(Math.max(...long)).toBeLessThanOrEqual(72_000)
    expect(Math.min(...long.slice(12))).toBeGreaterThan(47_000)
  })

  test('N20 pauses differ, so that peers do not dial in step', () => {
    expect(new Set(delays({ goneFor: 0, hopeful: true }, 30)).size).toBe(30)
  })

  test('N20 any number of failures is a pause', () => {
    const delay = redialDelay({ failures: 1e9, goneFor: 1e15, hopeful: false }, seededRandom(1))
    expect(delay).toBeLessThanOrEqual(72_000)
  })
})
