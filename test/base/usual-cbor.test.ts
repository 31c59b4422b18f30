import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { decodeUsualCbor, UNUSUAL } from '../../src/base/usual-cbor.ts'

/** As src/base/cbor.ts has it. */
const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
} as const

const { value: usual } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.integer({ min: -300, max: 70_000 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.array(fc.tuple(fc.string({ maxLength: 8 }), tie('value')), { maxLength: 30 }).map((fields) => new Map(fields)),
  ),
}))

describe('the fast decoder', () => {
  test('gives what the library gives, for all that entries are made of', () => {
    fc.assert(
      fc.property(usual, (value) => {
        const bytes = encode(value, rfc8949EncodeOptions)
        expect(decodeUsualCbor(bytes)).toEqual(decode(bytes, STRICT))
      }),
      { numRuns: 2000 },
    )
  })

  test('gives nothing that the library refuses or reads otherwise', () => {
    const broken = fc
      .tuple(usual, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(3))
      .map(([value, changes, cut]) => {
        const bytes = encode(value, rfc8949EncodeOptions)
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte
        return bytes.subarray(0, bytes.length - cut)
      })
    fc.assert(
      fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 40 })), (bytes) => {
        const value = decodeUsualCbor(bytes)
        if (value !== UNUSUAL) expect(value).toEqual(decode(bytes, STRICT))
      }),
      { numRuns: 20_000 },
    )
  })

  test('gives bytes that own their memory', () => {
    const bytes = encode([new Uint8Array([1, 2, 3])])
    const [inner] = decodeUsualCbor(bytes) as Uint8Array[]
    bytes.fill(0)
    expect(inner).toEqual(new Uint8Array([1, 2, 3]))
  })

  test('makes no room for what is only claimed, and follows no nesting without end', () => {
    expect(decodeUsualCbor(new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff, 1]))).toBe(UNUSUAL)
    expect(decodeUsualCbor(new Uint8Array([0xba, 0xff, 0xff, 0xff, 0xff, 1]))).toBe(UNUSUAL)
    expect(decodeUsualCbor(new Uint8Array(100_000).fill(0x81))).toBe(UNUSUAL)
  })
})
