import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes, toBase64url } from '../../../src/base/bytes.ts'
import { encodeCbor } from '../../../src/base/cbor.ts'
import { MurmurationError } from '../../../src/base/errors.ts'
import { sha256 } from '../../../src/base/hash.ts'
import type { DeviceLink } from '../../../src/identity/roster/index.ts'
import {
  decodeInviteLink,
  decodeLink,
  encodeDeviceLink,
  encodeInviteLink,
  inviteKey,
  signGrant,
} from '../../../src/identity/roster/index.ts'
import { keyOf, seedOf, space } from './story.ts'

const HEAD = 'murmuration://join/'
const alice = keyOf('alice')
const sample: DeviceLink = {
  space,
  seed: seedOf('x'),
  person: alice.device,
  name: 'Studio Lisbon',
  addresses: [`/ip4/192.168.178.23/tcp/40001/p2p/${alice.device}`, '/dns4/nas.example.org/tcp/4001'],
}

function sealed(fields: object): string {
  const body = encodeCbor(fields)
  return HEAD + toBase64url(concatBytes(body, sha256(body).subarray(0, 4)))
}

describe('R14 links of devices', () => {
  test('R14 a link reads as it was written, whatever its names, people and addresses', () => {
    const link = fc.record({
      space: fc.constant(space),
      seed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      person: fc.constantFrom('alice', 'bob').map((name) => keyOf(name).device),
      name: fc.constantFrom('Studio', 'estúdio', '__proto__', '', '👩🏽‍🚀'),
      addresses: fc.array(
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc.ipV4().map((ip) => `/ip4/${ip}/tcp/9/p2p/${alice.device}`),
          fc.ipV6().map((ip) => `/ip6/${ip}/tcp/9`),
        ),
        { maxLength: 8 },
      ),
    })
    fc.assert(
      fc.property(link, (value) => {
        expect(decodeLink(encodeDeviceLink(value))).toEqual({ type: 'device', ...value })
      }),
      { numRuns: 300 },
    )
  })

  test('R14 an invite and a device link are told apart, and no reader of invites takes the other', () => {
    const key = inviteKey(sample.seed).publicKey
    const grant = signGrant(alice, space, { invite: key, role: 'member', uses: 1, expires: 1_900_000_000_000 })
    const invite = { space, seed: sample.seed, grant, name: 'Studio', addresses: [] }
    expect(decodeLink(encodeInviteLink(invite))).toEqual({ type: 'invite', ...invite })
    expect(() => decodeInviteLink(encodeDeviceLink(sample))).toThrow(
      expect.objectContaining({ code: 'INVITE_INVALID' }),
    )
  })

  test('R14 broken into lines, in capitals of the scheme or without it, it is read', () => {
    const text = encodeDeviceLink(sample)
    const forms = [` ${text}\n`, text.replace(/(.{40})/g, '$1\r\n  '), text.toLowerCase().slice(0, 11) + text.slice(11)]
    for (const pasted of forms) expect(decodeLink(pasted)).toEqual({ type: 'device', ...sample })
  })
})

describe('R15 what is no link', () => {
  test('R15 one sign changed anywhere is told to be mistyped', () => {
    const text = encodeDeviceLink(sample)
    for (let at = HEAD.length; at < text.length - 1; at++) {
      const other = text[at] === 'A' ? 'B' : 'A'
      expect(() => decodeLink(text.slice(0, at) + other + text.slice(at + 1))).toThrow('incomplete or mistyped')
    }
  })

  test('R15 no text makes the reader fail otherwise than by name', () => {
    const whole = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(), fc.string({ maxLength: 9 })), {
      maxLength: 6,
    })
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.object().map(sealed),
      whole.map((device) => sealed({ version: 2, device })),
      fc.tuple(fc.nat({ max: 4 }), whole).map(([at, [value = 0]]) => {
        const fields: unknown[] = [new Uint8Array(32), new Uint8Array(16), alice.publicKey, 'Studio', []]
        fields[at] = value
        return sealed({ version: 2, device: fields })
      }),
    )
    fc.assert(
      fc.property(text, (value) => {
        try {
          decodeLink(value)
        } catch (error) {
          expect(error).toBeInstanceOf(MurmurationError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
