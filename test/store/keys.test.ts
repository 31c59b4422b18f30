import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { compareBytes, concatBytes } from '../../src/base/bytes.ts'
import { prefixRange, readUint64Key, uint32Key, uint64Key } from '../../src/store/keys.ts'

test('numbers in keys are ordered as numbers, and read back', () => {
  const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      expect(Math.sign(compareBytes(uint64Key(a), uint64Key(b)))).toBe(Math.sign(a - b))
      expect(readUint64Key(concatBytes(Uint8Array.of(9), uint64Key(a)), 1)).toBe(a)
    }),
  )
  const short = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(short, short, (a, b) => {
      expect(Math.sign(compareBytes(uint32Key(a), uint32Key(b)))).toBe(Math.sign(a - b))
    }),
  )
})

test('a prefix range holds the keys with that prefix, and no others', () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(key, key, (prefix, other) => {
      fc.pre(prefix.some((byte) => byte !== 0xff))
      const { gte, lt } = prefixRange(prefix)
      const inside = (one: Uint8Array): boolean => compareBytes(one, gte) >= 0 && compareBytes(one, lt) < 0
      expect(inside(prefix)).toBe(true)
      expect(inside(concatBytes(prefix, other))).toBe(true)
      const starts = prefix.every((byte, i) => other[i] === byte)
      expect(inside(other)).toBe(starts)
    }),
  )
  expect(() => prefixRange(Uint8Array.of(0xff, 0xff))).toThrow(RangeError)
})
