import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { encodeCbor } from '../../../src/base/cbor.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { Body } from '../../../src/files/tree/bodies.ts'
import { decodeBody, encodeBody } from '../../../src/files/tree/bodies.ts'
import { isFileName, noteInName } from '../../../src/files/tree/names.ts'
import type { NodeId } from '../../../src/files/tree/node-ids.ts'
import { BIN, ROOT } from '../../../src/files/tree/node-ids.ts'
import type { Statement } from '../../../src/files/tree/statement.ts'
import { TreeProjection } from '../../../src/files/tree/tree-projection.ts'
import { MemoryStore } from '../../../src/store/memory-store.ts'
import { Transaction } from '../../../src/store/transaction.ts'
import { deviceOf } from '../../support/projection-harness.ts'
import { checkWhole, plainTree, storedTree } from './model.ts'
import { anyStatements, contentOf, entryOf, shuffled } from './statements.ts'

const NOW = 1_763_900_000_000

async function applied(batches: readonly (readonly Statement[])[]) {
  const store = new MemoryStore()
  await store.start()
  const projection = new TreeProjection()
  for (const batch of batches) {
    const transaction = new Transaction(store)
    await projection.apply(
      batch.map(({ entry }) => entry),
      transaction,
    )
    await transaction.commit({ durable: false })
  }
  return store
}

async function dump(store: MemoryStore): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const [key, value] of store.entries({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) {
    lines.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`)
  }
  return lines
}

describe('the tree', () => {
  test('F8 F9 any order, any batches, doubles: the records come to what a plain model says, whole and without cycles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 70 }), async (seed, count) => {
        const random = seededRandom(seed)
        const statements = anyStatements(random, count)
        const arriving = shuffled(random, [...statements, ...statements.filter(() => random.float() < 0.1)])
        const batches: Statement[][] = []
        for (let at = 0; at < arriving.length;) {
          const size = 1 + random.below(12)
          batches.push(arriving.slice(at, at + size))
          at += size
        }
        const store = await applied(batches)
        const tree = await storedTree(store)
        checkWhole(tree)
        expect(tree).toEqual(plainTree(statements))
        const atOnce = await applied([statements])
        expect(await dump(store)).toEqual(await dump(atOnce))
        await store.stop()
        await atOnce.stop()
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  test('F8 forgetting everything leaves no record', async () => {
    const store = await applied([anyStatements(seededRandom(5), 60)])
    expect((await dump(store)).length).toBeGreaterThan(50)
    const transaction = new Transaction(store)
    await new TreeProjection().reset(transaction)
    await transaction.commit({ durable: false })
    expect(await dump(store)).toEqual([])
  })
})

describe('bodies', () => {
  const stamp = { nonce: new Uint8Array(16), clock: { time: NOW, count: 3 }, at: NOW - 5 }
  const node = Buffer.alloc(16, 7).toString('base64url') as NodeId
  const bodies: readonly Body[] = [
    { ...stamp, kind: 'folder.create', parent: ROOT, name: 'a\nb \u202e"*?<>|:\\ .' },
    { ...stamp, kind: 'file.create', parent: node, name: '__proto__', content: contentOf('x') },
    { ...stamp, kind: 'file.rename', node, name: 'e\u0301' },
    { ...stamp, kind: 'file.move', node, parent: ROOT },
    { ...stamp, kind: 'file.delete', node },
    { ...stamp, kind: 'file.purge', node },
    { ...stamp, kind: 'file.version', node, content: contentOf(''), replaces: [node as string as never] },
    { ...stamp, kind: 'folder.copies', node: ROOT, copies: null },
  ]

  test('F6 F10 each comes back as it was, odd names to the letter', () => {
    for (const body of bodies) expect(decodeBody(body.kind, encodeBody(body), 1)).toEqual(body)
  })

  test('F6 what is not a body is void', () => {
    for (const body of bodies) {
      const bytes = encodeBody(body)
      expect(decodeBody('file.else', bytes, 1)).toBeUndefined()
      expect(decodeBody(body.kind, bytes, 0)).toBeUndefined()
      expect(decodeBody(body.kind, bytes.subarray(1), 1)).toBeUndefined()
      expect(decodeBody(body.kind, encodeBody({ ...body, at: NOW + 1 }), 1)).toBeUndefined()
    }
    const bad: readonly object[] = [
      { kind: 'file.move', node: BIN, parent: ROOT },
      { kind: 'file.move', node, parent: BIN },
      { kind: 'file.delete', node: ROOT },
      { kind: 'folder.create', parent: BIN, name: 'a' },
      { kind: 'folder.create', parent: ROOT, name: 'a/b' },
      { kind: 'folder.create', parent: ROOT, name: '..' },
      { kind: 'folder.create', parent: ROOT, name: '' },
      { kind: 'folder.create', parent: ROOT, name: 'ä'.repeat(128) },
      { kind: 'folder.copies', node, copies: 0 },
      { kind: 'folder.copies', node, copies: 1001 },
    ]
    for (const one of bad) {
      const body = { ...stamp, ...one } as Body
      expect(decodeBody(body.kind, encodeBody(body), 1)).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...bodies), (bytes, { kind }) => {
        expect(decodeBody(kind, bytes, 1)).toBeUndefined()
      }),
    )
    expect(decodeBody('file.delete', encodeCbor({ node: new Uint8Array(16) }), 1)).toBeUndefined()
  })

  test('F6 entries that are void, or stand in a members journal, are passed over', async () => {
    const store = new MemoryStore()
    await store.start()
    const transaction = new Transaction(store)
    const good = entryOf(deviceOf('alice'), 'folder.create', encodeBody(bodies[0] as Body))
    await new TreeProjection().apply(
      [
        entryOf(deviceOf('alice'), 'file.create', new Uint8Array([1, 2])),
        { ...good, journal: { ...good.journal, kind: 'members' } },
      ],
      transaction,
    )
    expect(transaction.empty).toBe(true)
  })

  test('F10 names that file systems take are names', () => {
    for (const name of ['a', '...', ' ', 'CON', 'a:b', '\u0001', 'x'.repeat(255), '😀', '.profile']) {
      expect(isFileName(name)).toBe(true)
    }
    for (const name of ['', '.', '..', 'a/b', 'a\0', '\ud800', 'x'.repeat(256)]) expect(isFileName(name)).toBe(false)
  })

  test('F11 a note goes before the ending, and names stay within their bound', () => {
    expect(noteInName('report.txt', 'bob’s laptop, 24 Nov')).toBe('report (bob’s laptop, 24 Nov).txt')
    expect(noteInName('.profile', 'n')).toBe('.profile (n)')
    expect(noteInName('a.', 'n')).toBe('a. (n)')
    const long = noteInName(`${'😀'.repeat(62)}.txt`, 'bob/x')
    expect(isFileName(long)).toBe(true)
    expect(long.endsWith(' (bob-x).txt')).toBe(true)
  })
})
