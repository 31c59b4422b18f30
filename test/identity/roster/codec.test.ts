import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { toHex } from '../../../src/base/bytes.ts'
import { encodeCbor } from '../../../src/base/cbor.ts'
import { sha256 } from '../../../src/base/hash.ts'
import type { Act, Cut } from '../../../src/identity/roster/index.ts'
import { ACT_KINDS, decodeAct, encodeAct, RIGHTS, ROLES } from '../../../src/identity/roster/index.ts'
import { keyOf } from './story.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const device = fc.constantFrom('alice', 'bob', 'carol').map((name) => keyOf(name).device)
const role = fc.constantFrom(...ROLES)
const name = fc.constantFrom('Alice', 'estúdio', '👩🏽‍🚀', '__proto__', '', '\uFFFD')
const id = bytes(16)
const grant = {
  invite: bytes(32),
  role,
  uses: fc.integer({ min: 1, max: 1000 }),
  expires: fc.maxSafeNat(),
}
const cuts: fc.Arbitrary<readonly Cut[]> = fc.uniqueArray(
  fc.record({
    device,
    incarnation: fc.constantFrom('00'.repeat(8), 'ab'.repeat(8)),
    journal: fc.constantFrom('members' as const, 'data' as const),
    sequence: fc.integer({ min: 1 }),
    hash: bytes(32),
  }),
  { maxLength: 8, selector: (cut) => `${cut.device}${cut.incarnation}${cut.journal}` },
)

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('swarm.found' as const), id, name, person: name, machine: name, nonce: bytes(32) }),
  fc.record({ kind: fc.constant('swarm.rename' as const), id, name }),
  fc.record({ kind: fc.constant('invite.create' as const), id, ...grant }),
  fc.record({ kind: fc.constant('invite.revoke' as const), id, invite: bytes(32), inviter: device }),
  fc.record({
    kind: fc.constant('person.admit' as const),
    id,
    ...grant,
    inviter: device,
    granted: bytes(64),
    device,
    person: name,
    machine: name,
    proof: bytes(64),
    consent: bytes(64),
  }),
  fc.record({ kind: fc.constant('person.rename' as const), id, person: device, name }),
  fc.record({ kind: fc.constant('person.role' as const), id, person: device, role, cuts }),
  fc.record({ kind: fc.constant('person.remove' as const), id, person: device, cuts }),
  fc.record({
    kind: fc.constant('device.link' as const),
    id,
    person: device,
    device,
    machine: name,
    consent: bytes(64),
  }),
  fc.record({ kind: fc.constant('device.rename' as const), id, device, name }),
  fc.record({ kind: fc.constant('device.remove' as const), id, device, cuts }),
  fc.record({ kind: fc.constant('device.confirm' as const), id, device }),
  fc.record({ kind: fc.constant('device.leave' as const), id, cuts }),
)

describe('R1 bodies', () => {
  test('R1 every act reads as it was written', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(act, (value) => {
        seen.add(value.kind)
        const body = encodeAct(value)
        const read = decodeAct(value.kind, body)
        expect(read?.kind).toBe(value.kind)
        expect(read && toHex(encodeAct(read))).toBe(toHex(body))
        expect(Object.keys(read ?? {}).sort()).toEqual(Object.keys(value).sort())
      }),
      { numRuns: 500 },
    )
    expect([...seen].sort()).toEqual([...ACT_KINDS].sort())
  })

  test('R1 whatever is read has one spelling, and nothing makes the reader throw', () => {
    const changed = fc.tuple(act, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([value, at, byte]) => {
      const body = new Uint8Array(encodeAct(value))
      body[at % body.length] = byte
      return { kind: value.kind, body }
    })
    const anything = fc.record({
      kind: fc.constantFrom(...ACT_KINDS, '__proto__', 'toString', 'journal.seen'),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.object({ maxDepth: 3 }).map((value) => encodeCbor(value)),
      ),
    })
    fc.assert(
      fc.property(fc.oneof(changed, anything), ({ kind, body }) => {
        const read = decodeAct(kind, body)
        if (read !== undefined) expect(toHex(encodeAct(read))).toBe(toHex(body))
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['with a field more', { id: new Uint8Array(16), name: 'x', more: 1 }],
    ['without an id', { name: 'x' }],
    ['with a name of two lines', { id: new Uint8Array(16), name: 'x\ny' }],
    ['with an endless name', { id: new Uint8Array(16), name: 'x'.repeat(801) }],
  ])('R1 a body %s is none', (_, fields) => {
    expect(decodeAct('swarm.rename', encodeCbor({ id: new Uint8Array(16), name: 'x' }))).toBeDefined()
    expect(decodeAct('swarm.rename', encodeCbor(fields))).toBeUndefined()
  })

  test('R1 cuts out of order, doubled, or too many are none', () => {
    const item = (byte: number): unknown => [new Uint8Array(32).fill(byte), new Uint8Array(8), 0, 1, new Uint8Array(32)]
    const read = (list: readonly unknown[]): unknown =>
      decodeAct('device.leave', encodeCbor({ id: new Uint8Array(16), cuts: list }))
    expect(read([item(1), item(2)])).toBeDefined()
    expect(read([item(2), item(1)])).toBeUndefined()
    expect(read([item(1), item(1)])).toBeUndefined()
    const many = Array.from({ length: 1025 }, (_, n) => [
      sha256(Uint8Array.of(n >> 8, n)),
      new Uint8Array(8),
      0,
      1,
      new Uint8Array(32),
    ])
    expect(read(many)).toBeUndefined()
  })
})

test('R2 the table of SPEC.md is the table in code', () => {
  const spec = readFileSync(join(import.meta.dirname, '../../../src/identity/roster/SPEC.md'), 'utf8')
  const rows = spec.split('\n').filter((line) => line.startsWith('| '))
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
  const show = (value: string | boolean | undefined): string =>
    value === true ? 'yes' : value === false || value === undefined ? '-' : value
  const rights = ['read', 'write', 'admit', 'invite', 'revoke', 'link', 'manage', 'confirm', 'renameSwarm'] as const
  expect(cells).toEqual([
    ['role', ...rights],
    ['---', ...rights.map(() => '---')],
    ...ROLES.toReversed().map((name) => [name, ...rights.map((right) => show(RIGHTS[name][right]))]),
  ])
})
