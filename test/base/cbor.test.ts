import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText, readWhole } from '../../src/base/cbor.ts'

const MAX = 10_000

test('no bytes make the decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(() => decodeCborMap(bytes, MAX)).not.toThrow()
    }),
    { numRuns: 1000 },
  )
})

test('what is nested too deeply, too long, or only claimed is not read', () => {
  expect(decodeCborMap(new Uint8Array(1_000_000).fill(0x81), 1_000_000)).toBeUndefined()
  expect(decodeCborMap(encodeCbor({ a: new Uint8Array(100) }), 100)).toBeUndefined()
  expect(
    decodeCborMap(Uint8Array.of(0xa1, 0x61, 0x61, 0x9b, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), MAX),
  ).toBeUndefined()
})

test('a map has one encoding: shortest numbers, definite lengths, keys in order and once', () => {
  for (const bytes of [
    [0xa1, 0x61, 0x61, 0x18, 0x01],
    [0xbf, 0x61, 0x61, 0x01, 0xff],
    [0xa2, 0x61, 0x62, 0x01, 0x61, 0x61, 0x01],
    [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x01],
    [0xa1, 0x01, 0x01],
    [0xa1, 0x61, 0x61, 0x01, 0x00],
  ]) {
    expect(decodeCborMap(Uint8Array.from(bytes), MAX)).toBeUndefined()
  }
  expect(decodeCborMap(Uint8Array.of(0xa1, 0x61, 0x61, 0x01), MAX)).toEqual(new Map([['a', 1]]))
})

test('names of prototypes are only names', () => {
  const fields = decodeCborMap(Uint8Array.of(0xa1, 0x69, ...Buffer.from('__proto__'), 0x01), MAX)
  expect(fields?.get('__proto__')).toBe(1)
  expect(fields?.get('constructor')).toBeUndefined()
})

test('text that is not UTF-8 is found out by its encoding', () => {
  const broken = Uint8Array.of(0xa1, 0x61, 0x61, 0x61, 0xff)
  expect(isCborOf(broken, decodeCborMap(broken, MAX))).toBe(false)
  const typed = encodeCbor({ a: '\uFFFD' })
  expect(isCborOf(typed, decodeCborMap(typed, MAX))).toBe(true)
})

test('the readers keep bounds', () => {
  expect([readWhole(3, 1, 3), readWhole(4, 1, 3), readWhole(1.5, 1, 3), readWhole('1', 1, 3)]).toEqual([
    3,
    undefined,
    undefined,
    undefined,
  ])
  expect(readText('ü', 2)).toBe('ü')
  expect(readText('ü', 1)).toBeUndefined()
  expect(readBytes(new Uint8Array(2), 2)).toHaveLength(2)
  expect(readBytes([1, 2], 2)).toBeUndefined()
})
