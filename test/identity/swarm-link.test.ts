import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes, fromBase64url, toBase64url } from '../../src/base/bytes.ts'
import { encodeCbor } from '../../src/base/cbor.ts'
import { MurmurationError } from '../../src/base/errors.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { SpaceId } from '../../src/base/ids.ts'
import type { SwarmLink } from '../../src/identity/index.ts'
import { decodeSwarmLink, encodeSwarmLink } from '../../src/identity/index.ts'

const HEAD = 'murmuration://join/'
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

const link: fc.Arbitrary<SwarmLink> = fc.record({
  space: bytes32.map((bytes) => toBase64url(bytes) as SpaceId),
  secret: bytes32,
  name: fc.constantFrom('Studio Lisbon', 'estúdio', 'סטודיו', '👩🏽‍🚀', '__proto__'),
  addresses: fc.array(
    fc.nat(65_535).map((port) => `/ip4/192.0.2.1/tcp/${port}`),
    { maxLength: 8 },
  ),
})

const sample: SwarmLink = {
  space: toBase64url(new Uint8Array(32).fill(1)) as SpaceId,
  secret: new Uint8Array(32).fill(2),
  name: 'Studio Lisbon',
  addresses: ['/ip4/192.0.2.1/tcp/4001'],
}

/** A link of any content with a right checksum. */
function sealed(fields: object): string {
  const body = encodeCbor(fields)
  return HEAD + toBase64url(concatBytes(body, sha256(body).subarray(0, 4)))
}

const whole = {
  version: 1,
  space: new Uint8Array(32),
  secret: new Uint8Array(32),
  name: 'Studio',
  addresses: [],
}

describe('L1 links', () => {
  test('L1 every link reads as it was written', () => {
    fc.assert(
      fc.property(link, (value) => {
        expect(decodeSwarmLink(encodeSwarmLink(value))).toEqual(value)
      }),
    )
  })

  test('L1 the longest link with eight addresses fits a QR code', () => {
    const addresses = Array.from({ length: 20 }, (_, i) => `/ip6/2001:db8::${i}/tcp/65535/p2p/${'x'.repeat(52)}`)
    const text = encodeSwarmLink({ ...sample, addresses })
    expect(text.length).toBeLessThan(2953)
    expect(decodeSwarmLink(text).addresses).toEqual(addresses.slice(0, 8))
  })

  test('L2 broken into lines, in capitals of the scheme or without it, it is read', () => {
    const text = encodeSwarmLink(sample)
    const broken = text.replace(/(.{40})/g, '$1\r\n  ')
    for (const pasted of [
      ` ${text}\n`,
      broken,
      text.replace('murmuration', 'MURMURATION'),
      text.slice(HEAD.length),
      `${text}/`,
    ]) {
      expect(decodeSwarmLink(pasted)).toEqual(sample)
    }
  })
})

describe('L3 links that are not whole', () => {
  test('L3 one sign mistyped is always noticed', () => {
    const text = encodeSwarmLink(sample)
    const at = fc.integer({ min: HEAD.length, max: text.length - 1 })
    fc.assert(
      fc.property(at, fc.constantFrom('A', 'B', 'a', 'b', '0', '1', '-', '_'), (index, sign) => {
        fc.pre(text[index] !== sign)
        const mistyped = text.slice(0, index) + sign + text.slice(index + 1)
        // The last sign has bits that say nothing: a mistake in them alone changes nothing.
        const same = fromBase64url(mistyped.slice(HEAD.length)).join() === fromBase64url(text.slice(HEAD.length)).join()
        if (same) expect(decodeSwarmLink(mistyped)).toEqual(sample)
        else expect(() => decodeSwarmLink(mistyped)).toThrow('incomplete or mistyped: copy the whole link again')
      }),
    )
  })

  test('L3 a link that is cut anywhere is told so', () => {
    const text = encodeSwarmLink(sample)
    for (let end = HEAD.length; end < text.length; end++) {
      expect(() => decodeSwarmLink(text.slice(0, end))).toThrow('incomplete or mistyped')
    }
  })

  test('L3 no text makes the reader fail otherwise than by name', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .string({ unit: fc.constantFrom('A', 'B', 'a', 'b', '0', '1', '-', '_'), maxLength: 400 })
        .map((code) => HEAD + code),
      fc.object().map(sealed),
      fc
        .uint8Array({ maxLength: 300 })
        .map((body) => HEAD + toBase64url(concatBytes(body, sha256(body).subarray(0, 4)))),
    )
    fc.assert(
      fc.property(text, (value) => {
        try {
          decodeSwarmLink(value)
        } catch (error) {
          expect(error).toBeInstanceOf(MurmurationError)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('L4 a link of a later version is told so', () => {
    expect(() => decodeSwarmLink(sealed({ version: 2, anything: true }))).toThrow(
      'the invite was made by a newer Murmuration: update this one',
    )
  })

  test.each([
    ['without a space', { ...whole, space: undefined }],
    ['of a short secret', { ...whole, secret: new Uint8Array(31) }],
    ['of too many addresses', { ...whole, addresses: Array.from({ length: 9 }, () => '/ip4/192.0.2.1') }],
    ['of an endless address', { ...whole, addresses: [`/${'x'.repeat(300)}`] }],
    ['whose addresses are numbers', { ...whole, addresses: [1] }],
    ['without a version', { ...whole, version: undefined }],
  ])('L3 a link %s is no invite', (_, fields) => {
    expect(() => decodeSwarmLink(sealed(whole))).not.toThrow()
    expect(() => decodeSwarmLink(sealed(fields))).toThrow(expect.objectContaining({ code: 'INVITE_INVALID' }))
  })

  test('L3 a text that goes on for ever is refused before it is read', () => {
    expect(() => decodeSwarmLink(HEAD + 'A'.repeat(10_000_000))).toThrow('far too long')
  })
})
