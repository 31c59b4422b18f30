import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { MAX_COUNT, MAX_TIME } from '../../src/messaging/constants.ts'
import { compareHybrid, nextHybrid } from '../../src/messaging/hybrid-clock.ts'
import { orderKey, readOrderKey } from '../../src/messaging/places.ts'
import { compareBytes } from '../../src/base/bytes.ts'

const hybrid = fc.record({
  time: fc.oneof(fc.nat(10), fc.integer({ min: 0, max: MAX_TIME })),
  count: fc.oneof(fc.nat(10), fc.integer({ min: 0, max: MAX_COUNT })),
})

test('M3 the next time is the wall time where that is later than all that is known', () => {
  expect(nextHybrid({ time: 100, count: 7 }, 200)).toEqual({ time: 200, count: 0 })
})

test('M3 a wall clock that stands or is behind counts on from what is known', () => {
  expect(nextHybrid({ time: 100, count: 7 }, 100)).toEqual({ time: 100, count: 8 })
  expect(nextHybrid({ time: 100, count: 7 }, -5)).toEqual({ time: 100, count: 8 })
})

test('M3 the next time is later than what is known, and never out of bounds', () => {
  fc.assert(
    fc.property(hybrid, fc.double({ noNaN: true }), (known, wall) => {
      const next = nextHybrid(known, wall)
      fc.pre(known.count < MAX_COUNT)
      expect(compareHybrid(next, known)).toBeGreaterThan(0)
      expect(next.time).toBeGreaterThanOrEqual(known.time)
      expect(next.time <= MAX_TIME && next.count <= MAX_COUNT && Number.isSafeInteger(next.time)).toBe(true)
    }),
  )
})

test('M4 keys sort bytewise as their times do, and give the time back', () => {
  const id = new Uint8Array(16)
  fc.assert(
    fc.property(hybrid, hybrid, (a, b) => {
      const [keyA, keyB] = [orderKey(a, id), orderKey(b, id)]
      expect(Math.sign(compareBytes(keyA, keyB))).toBe(Math.sign(compareHybrid(a, b)))
      expect(readOrderKey(keyA)).toEqual(a)
    }),
  )
})
