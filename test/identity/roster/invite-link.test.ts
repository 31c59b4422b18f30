import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes, toBase64url } from '../../../src/base/bytes.ts'
import { encodeCbor } from '../../../src/base/cbor.ts'
import { MurmurationError } from '../../../src/base/errors.ts'
import { sha256 } from '../../../src/base/hash.ts'
import type { InviteLink } from '../../../src/identity/roster/index.ts'
import { decodeInviteLink, encodeInviteLink, inviteKey, signGrant } from '../../../src/identity/roster/index.ts'
import { keyOf, seedOf, space } from './story.ts'

const HEAD = 'murmuration://join/'
const alice = keyOf('alice')
const seed = seedOf('x')
const grant = signGrant(alice, space, {
  invite: inviteKey(seed).publicKey,
  role: 'member',
  uses: 1,
  expires: 1_900_000_000_000,
})
const own = (host: string): string => `/${host}/tcp/40001/p2p/${alice.device}`
const sample: InviteLink = {
  space,
  seed,
  grant,
  name: 'Studio Lisbon',
  addresses: [own('ip4/192.168.178.23'), own('ip4/203.0.113.200'), own('ip6/2001:db8:85a3::8a2e:370:7334')],
}

function sealed(fields: object): string {
  const body = encodeCbor(fields)
  return HEAD + toBase64url(concatBytes(body, sha256(body).subarray(0, 4)))
}

describe('R14 links', () => {
  test('R14 a link with three addresses is shorter than 350 signs', () => {
    const text = encodeInviteLink(sample)
    expect(text.length).toBeLessThan(350)
    expect(decodeInviteLink(text)).toEqual(sample)
  })

  test.each([
    '/ip4/192.0.2.1/tcp/4001',
    `/ip4/192.0.2.1/tcp/4001/p2p/${keyOf('bob').device}`,
    `/ip6/::1/tcp/1/p2p/${alice.device}`,
    '/ip6/fe80::1/tcp/65535',
    '/ip6/::ffff:192.0.2.1/tcp/1',
    '/ip6/2001:DB8::1/tcp/1',
    '/ip4/256.0.2.1/tcp/1',
    '/ip4/192.0.2.01/tcp/1',
    '/ip4/192.0.2.1/tcp/99999',
    '/dns4/nas.example.org/tcp/4001',
    `/ip4/192.0.2.1/tcp/4001/p2p/${keyOf('bob').device}/p2p-circuit/p2p/${alice.device}`,
    '/ip6/1:2:3:4:5:6:7:8:9/tcp/1',
    '/ip6/:::/tcp/1',
    '/ip4/1.2.3.4/tcp/1/p2p/Qm111',
    '',
  ])('R14 the address "%s" arrives as it was', (address) => {
    expect(decodeInviteLink(encodeInviteLink({ ...sample, addresses: [address] })).addresses).toEqual([address])
  })

  test('R14 any text as address arrives as it was', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ maxLength: 60 }),
            fc.ipV4().map(own),
            fc.ipV6().map((ip) => `/ip6/${ip}/tcp/9`),
          ),
          { maxLength: 8 },
        ),
        (addresses) => {
          expect(decodeInviteLink(encodeInviteLink({ ...sample, addresses })).addresses).toEqual(addresses)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('R14 broken into lines, in capitals of the scheme or without it, it is read', () => {
    const text = encodeInviteLink(sample)
    const forms = [
      ` ${text}\n`,
      text.replace(/(.{40})/g, '$1\r\n  '),
      text.replace('murmuration', 'MURMURATION'),
      text.slice(HEAD.length),
      `${text}/`,
    ]
    for (const pasted of forms) expect(decodeInviteLink(pasted)).toEqual(sample)
  })

  test('R14 a long name is cut short', () => {
    const { name } = decodeInviteLink(encodeInviteLink({ ...sample, name: '👩'.repeat(170) }))
    expect(Array.from(name)).toHaveLength(128)
  })
})

describe('R15 links that are not whole', () => {
  test('R15 cut anywhere it is told to be incomplete', () => {
    const text = encodeInviteLink(sample)
    for (let end = HEAD.length; end < text.length; end++) {
      expect(() => decodeInviteLink(text.slice(0, end))).toThrow('incomplete or mistyped')
    }
  })

  test('R15 a link of a later version asks for an update, one of an earlier version for a new one', () => {
    const update = 'the invite was made by a newer Murmuration: update this one'
    expect(() => decodeInviteLink(sealed({ version: 3, anything: true }))).toThrow(update)
    expect(() => decodeInviteLink(sealed({ version: 1, anything: true }))).toThrow('ask for a new one')
  })

  test('R15 a grant that its inviter did not sign so is no invite', () => {
    for (const change of [{ role: 'owner' as const }, { uses: 9 }, { expires: 0 }, { inviter: keyOf('bob').device }]) {
      const forged = encodeInviteLink({ ...sample, grant: { ...grant, ...change } })
      expect(() => decodeInviteLink(forged)).toThrow(expect.objectContaining({ code: 'INVITE_INVALID' }))
    }
  })

  test('R15 no text makes the reader fail otherwise than by name', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.object().map(sealed),
      fc.array(fc.anything(), { maxLength: 6 }).map((invite) => {
        try {
          return sealed({ version: 2, invite })
        } catch {
          return ''
        }
      }),
    )
    fc.assert(
      fc.property(text, (value) => {
        try {
          decodeInviteLink(value)
        } catch (error) {
          expect(error).toBeInstanceOf(MurmurationError)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('R15 a text that goes on for ever is refused before it is read', () => {
    expect(() => decodeInviteLink(HEAD + 'A'.repeat(10_000_000))).toThrow('far too long')
  })
})
