import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  bytesEqual,
  compareBytes,
  concatBytes,
  fromBase64url,
  fromHex,
  fromUtf8,
  ownBytes,
  toBase64url,
  toHex,
  utf8,
} from '../../src/base/bytes.ts'

const bytes = fc.uint8Array({ maxLength: 40 })

describe('bytes', () => {
  test('are ordered as LevelDB orders keys', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(a, b)))
        expect(bytesEqual(a, b)).toBe(compareBytes(a, b) === 0)
      }),
    )
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0)
    expect(compareBytes(Uint8Array.of(0xff), Uint8Array.of(1, 0))).toBeGreaterThan(0)
  })

  test('come back from each spelling', () => {
    fc.assert(
      fc.property(bytes, (one) => {
        expect(fromHex(toHex(one))).toEqual(one)
        expect(fromBase64url(toBase64url(one))).toEqual(one)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fromUtf8(utf8(text))).toBe(text)
      }),
    )
  })

  test('are spelled by their own part of a larger buffer', () => {
    const view = Uint8Array.of(1, 2, 3, 4).subarray(1, 3)
    expect(toHex(view)).toBe('0203')
    expect(toBase64url(view)).toBe('AgM')
    const own = ownBytes(view)
    expect(own).toEqual(Uint8Array.of(2, 3))
    expect(own.buffer.byteLength).toBe(2)
  })

  test.each(['0', 'zz', '0g', ' 00'])('"%s" is not hexadecimal', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError)
  })

  test.each(['a+b', 'a/b', 'a=', 'é'])('"%s" is not base64url', (text) => {
    expect(() => fromBase64url(text)).toThrow(RangeError)
  })

  test('that are not UTF-8 are refused', () => {
    expect(() => fromUtf8(Uint8Array.of(0xc3, 0x28))).toThrow(TypeError)
  })

  test('are joined in order', () => {
    expect(concatBytes()).toEqual(new Uint8Array(0))
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
  })
})
