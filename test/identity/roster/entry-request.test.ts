import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { decodeCborMap, encodeCbor } from '../../../src/base/cbor.ts'
import { verifySignature } from '../../../src/identity/index.ts'
import type { EntryRequest } from '../../../src/identity/roster/index.ts'
import {
  decodeAct,
  foundedSpace,
  inviteKey,
  isJoinRequest,
  isLinkRequest,
  readEntryRequest,
  requestJoin,
  requestLink,
  signGrant,
  writeEntryRequest,
} from '../../../src/identity/roster/index.ts'
import { keyOf, seedOf, space } from './story.ts'

const seed = seedOf('x')
const grant = signGrant(keyOf('alice'), space, {
  invite: inviteKey(seed).publicKey,
  role: 'member',
  uses: 3,
  expires: 1_900_000_000_000,
})
const name = fc.constantFrom('Bob', 'estúdio', '👩🏽‍🚀', '__proto__', '')
const key = fc.constantFrom('bob', 'carol').map(keyOf)

const request: fc.Arbitrary<EntryRequest> = fc.oneof(
  fc
    .record({ key, person: name, machine: name })
    .map((who) => ({ type: 'join' as const, join: requestJoin({ space, grant, seed, ...who }) })),
  fc.record({ key, machine: name }).map((who) => ({
    type: 'link' as const,
    link: requestLink({ space, seed, person: keyOf('alice').device, ...who }),
  })),
)

const overTheWire = (fields: object): EntryRequest | undefined => {
  const map = decodeCborMap(encodeCbor(fields), 16_384)
  return map === undefined ? undefined : readEntryRequest(map)
}

/** Whether whoever lets it in would take it for what it says. */
const isGenuine = (given: EntryRequest): boolean =>
  given.type === 'join'
    ? isJoinRequest(space, given.join, verifySignature)
    : isLinkRequest(space, given.link, verifySignature)

describe('R6 what a newcomer asks', () => {
  test('R6 a request reads as it was written, and is genuine', () => {
    fc.assert(
      fc.property(request, (given) => {
        const read = overTheWire(writeEntryRequest(given))
        expect(read).toEqual(given)
        expect(read && isGenuine(read)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('R6 a request of somebody else, for another space, or with another word, is not genuine', () => {
    const bob = requestJoin({ space, grant, seed, key: keyOf('bob'), person: 'Bob', machine: 'laptop' })
    const changes = [
      { device: keyOf('mallory').device },
      { role: 'owner' as const },
      { uses: 1000 },
      { expires: Number.MAX_SAFE_INTEGER },
      { inviter: keyOf('mallory').device },
      { person: 'Alice' },
      { machine: 'nas' },
      { invite: inviteKey(seedOf('y')).publicKey },
    ]
    for (const change of changes) expect(isJoinRequest(space, { ...bob, ...change }, verifySignature)).toBe(false)
    const other = foundedSpace(keyOf('mallory').device, new Uint8Array(32))
    expect(isJoinRequest(other, bob, verifySignature)).toBe(false)
    const person = keyOf('alice').device
    const link = requestLink({ space, seed, key: keyOf('bob'), person, machine: 'laptop' })
    expect(isLinkRequest(space, { ...link, device: keyOf('mallory').device }, verifySignature)).toBe(false)
    expect(isLinkRequest(other, link, verifySignature)).toBe(false)
  })

  test('R6 whatever else is in a frame is no request, and nothing makes the reader throw', () => {
    const anything = fc.record(
      {
        join: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string(), fc.nat()),
        act: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string()),
        link: fc.uint8Array({ maxLength: 40 }),
        proof: fc.uint8Array({ maxLength: 70 }),
      },
      { requiredKeys: [] },
    )
    const flipped = fc.tuple(request, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([given, at, byte]) => {
      const fields = { ...writeEntryRequest(given) } as Record<string, Uint8Array>
      const field = given.type === 'join' ? 'join' : 'act'
      const bytes = new Uint8Array(fields[field] ?? [])
      bytes[at % bytes.length] = byte
      return { ...fields, [field]: bytes }
    })
    fc.assert(
      fc.property(fc.oneof(anything, flipped), (fields) => {
        const read = overTheWire(fields)
        if (read === undefined) return
        // one spelling: what was read is what was sent
        const written = writeEntryRequest(read) as Record<string, Uint8Array>
        const [field, kind] =
          read.type === 'join' ? (['join', 'person.admit'] as const) : (['act', 'device.link'] as const)
        expect(decodeAct(kind, written[field] ?? new Uint8Array())).toBeDefined()
      }),
      { numRuns: 1000 },
    )
  })
})
