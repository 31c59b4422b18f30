import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { toBase64url, utf8 } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { SpaceId } from '../../src/base/ids.ts'
import type { MemberEntry } from '../../src/identity/index.ts'
import {
  deviceKeyFromSeed,
  encodeJoin,
  encodeName,
  MEMBER_KINDS,
  MembershipState,
  resolveMembership,
  toName,
} from '../../src/identity/index.ts'

const space = toBase64url(new Uint8Array(32).fill(7)) as SpaceId
const secret = new Uint8Array(32).fill(9)
const options = { space, secret }

const people = {
  alice: deviceKeyFromSeed(sha256(utf8('alice'))),
  bob: deviceKeyFromSeed(sha256(utf8('bob'))),
  carol: deviceKeyFromSeed(sha256(utf8('carol'))),
}
type Name = keyof typeof people

let drawn = 0
const id = (): Uint8Array => sha256(utf8(`${++drawn}`)).subarray(0, 16)

function said(who: Name, kind: string, lamport: number, body: Uint8Array): MemberEntry {
  const { device, publicKey } = people[who]
  return { device, publicKey, kind, lamport, body }
}

const join = (
  who: Name,
  lamport: number,
  name: string,
  change: { secret?: Uint8Array; space?: SpaceId } = {},
): MemberEntry =>
  said(
    who,
    'device.join',
    lamport,
    encodeJoin({ id: id(), name, publicKey: people[who].publicKey, ...options, ...change }),
  )
const rename = (who: Name, lamport: number, name: string): MemberEntry =>
  said(who, 'device.rename', lamport, encodeName({ id: id(), name }))
const create = (who: Name, lamport: number, name: string): MemberEntry =>
  said(who, 'swarm.create', lamport, encodeName({ id: id(), name }))

const names = (entries: readonly MemberEntry[]): readonly string[] =>
  [...resolveMembership(entries, options).devices.values()].map(({ name }) => name)

describe('I1 admission', () => {
  test('I1 a device with a valid proof belongs, the founder’s too', () => {
    const { devices, name } = resolveMembership([join('alice', 1, 'desk'), create('alice', 2, 'Studio')], options)
    expect([...devices.keys()]).toEqual([people.alice.device])
    expect(name).toBe('Studio')
  })

  test('I1 a founder without a proof is nobody', () => {
    expect(resolveMembership([create('alice', 1, 'Studio')], options)).toMatchObject({ name: undefined })
  })

  test.each([
    ['of another secret', join('bob', 1, 'x', { secret: new Uint8Array(32) })],
    ['of another swarm', join('bob', 1, 'x', { space: toBase64url(new Uint8Array(32)) as SpaceId })],
    ['of another device', { ...join('alice', 1, 'x'), device: people.bob.device, publicKey: people.bob.publicKey }],
    ['that is noise', said('bob', 'device.join', 1, new Uint8Array(50).fill(0xff))],
    ['without a proof', said('bob', 'device.join', 1, encodeName({ id: id(), name: 'x' }))],
  ])('I1 a proof %s admits nobody', (_, entry) => {
    const state = new MembershipState(options)
    state.add(entry)
    expect(state.admits(people.bob.publicKey)).toBe(false)
    expect(state.current.devices.size).toBe(0)
  })

  test('I1 no bytes make the resolution fail', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MEMBER_KINDS, 'else.where'), fc.uint8Array({ maxLength: 200 }), (kind, body) => {
        expect(resolveMembership([said('bob', kind, 1, body)], options).devices.size).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('I2 names', () => {
  test('I2 the latest name of a device counts', () => {
    expect(names([join('alice', 1, 'desk'), rename('alice', 5, 'tower'), rename('alice', 3, 'table')])).toEqual([
      'tower',
    ])
  })

  test('I2 a name without an admission shows nowhere', () => {
    expect(names([join('alice', 1, 'desk'), rename('bob', 2, 'ghost')])).toEqual(['desk'])
  })

  test('I2 of several names for the swarm the earliest of a member counts', () => {
    const entries = [create('alice', 3, 'Later'), create('bob', 2, 'Earlier'), create('carol', 1, 'Stranger')]
    const members = [join('alice', 1, 'a'), join('bob', 1, 'b')]
    expect(resolveMembership([...entries, ...members], options).name).toBe('Earlier')
  })

  test('I2 names like those of prototypes are names, and what cannot be shown is left out', () => {
    expect(names([join('alice', 1, '__proto__')])).toEqual(['__proto__'])
    expect(names([join('alice', 1, ' a\u0000\u001b[31mb\n')])).toEqual(['a [31mb'])
  })

  test('I2 no name is longer than its bound, in any script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1200 }), (text) => {
        expect(Buffer.byteLength(toName(text))).toBeLessThanOrEqual(800)
        expect(toName(toName(text))).toBe(toName(text))
      }),
      { numRuns: 30 },
    )
  })
})

test('I3 the membership is the same in any order and with repetitions, also where a device speaks with two tongues', () => {
  const who = fc.constantFrom<Name>('alice', 'bob', 'carol')
  const entry = fc
    .tuple(fc.constantFrom(join, rename, create), who, fc.integer({ min: 1, max: 4 }), fc.constantFrom('x', 'y', 'z'))
    .map(([make, name, lamport, text]) => make(name, lamport, text))
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 20 }).chain((entries) => {
        const twice = [...entries, ...entries]
        return fc.tuple(fc.constant(entries), fc.shuffledSubarray(twice, { minLength: twice.length }))
      }),
      ([entries, shuffled]) => {
        expect(resolveMembership(shuffled, options)).toEqual(resolveMembership(entries, options))
        const order = (given: readonly MemberEntry[]): readonly string[] => [
          ...resolveMembership(given, options).devices.keys(),
        ]
        expect(order(shuffled)).toEqual(order(entries))
      },
    ),
  )
})
