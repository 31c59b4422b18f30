import { describe, expect, test } from 'vitest'

import { InvalidInputError } from '../../src/base/errors.ts'
import {
  parseBlobId,
  parseChannelId,
  parseDeviceId,
  parseDocumentId,
  parseMessageId,
  parseSpaceId,
} from '../../src/base/ids.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import { toBase64url, toHex } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'

const random = seededRandom(1)

describe('ids', () => {
  test('of the right shape are taken as they are', () => {
    for (let i = 0; i < 50; i++) {
      const { device } = deviceKeyFromSeed(random.bytes(32))
      expect(parseDeviceId(device)).toBe(device)
      const space = toBase64url(random.bytes(32))
      expect(parseSpaceId(space)).toBe(space)
      const short = toBase64url(random.bytes(16))
      for (const parse of [parseDocumentId, parseChannelId, parseMessageId]) expect(parse(short)).toBe(short)
      const blob = toHex(random.bytes(32))
      expect(parseBlobId(blob)).toBe(blob)
    }
  })

  const good = deviceKeyFromSeed(random.bytes(32)).device
  test.each([
    ['empty', parseSpaceId, ''],
    ['too short', parseSpaceId, toBase64url(random.bytes(31))],
    ['too long', parseDocumentId, toBase64url(random.bytes(17))],
    ['of another alphabet', parseDocumentId, '+'.repeat(22)],
    ['with a line end', parseDocumentId, `${toBase64url(random.bytes(16))}\n`],
    ['a name of Object', parseChannelId, '__proto__'],
    ['upper case', parseBlobId, 'A'.repeat(64)],
    ['with a letter that base58 leaves out', parseDeviceId, `${good.slice(0, -1)}0`],
    ['of another kind of key', parseDeviceId, `Qm${good.slice(2)}`],
  ])('%s are refused', (_, parse: (text: string) => string, text) => {
    expect(() => parse(text)).toThrow(InvalidInputError)
  })

  test('that are refused are named shortly', () => {
    expect(() => parseSpaceId('x'.repeat(100_000))).toThrow(/^"x{80}" is not a swarm id$/)
  })
})
