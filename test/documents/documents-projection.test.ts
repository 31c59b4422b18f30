import { afterEach, describe, expect, test } from 'vitest'

import { seededRandom } from '../../src/base/random.ts'
import { encodeBody } from '../../src/documents/bodies.ts'
import { MIN_FOLD_BYTES } from '../../src/documents/constants.ts'
import { newDocumentId } from '../../src/documents/document-ids.ts'
import { decodeHead } from '../../src/documents/document-state.ts'
import { DocumentsProjection } from '../../src/documents/documents-projection.ts'
import { headKey, isSnapshotKey, metaKey, PREFIX, statePrefix } from '../../src/documents/records.ts'
import { decodeMetadata } from '../../src/documents/metadata.ts'
import { silentLogger } from '../../src/base/log.ts'
import { prefixRange, Transaction } from '../../src/store/index.ts'
import { SPACE, World } from '../support/projection-harness.ts'
import type { DocumentMachine } from './writers.ts'
import { canonical, docOn, machineIn, shown, TEXT, waitingOn, Writer } from './writers.ts'

const machines: DocumentMachine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.stop()
})

async function machine(world: World, name: string): Promise<DocumentMachine> {
  const one = await machineIn(world, name)
  machines.push(one)
  return one
}

async function keysOf({ store }: DocumentMachine, prefix: Uint8Array): Promise<readonly Uint8Array[]> {
  const keys: Uint8Array[] = []
  for await (const [key] of store.entries(prefixRange(prefix))) keys.push(key)
  return keys
}

describe('the projection of documents', () => {
  test('D20 applies nothing twice and nothing half where a transaction fails', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    const writer = new Writer(alice, TEXT)
    await writer.type(0, 'one ')
    const bob = await machine(world, 'bob')
    const entries = world.written.map(({ entry }) => entry)
    // Applied and never committed, as on a full disk; then applied for good.
    await bob.projection.apply(entries, new Transaction(bob.store))
    expect(shown(await docOn(bob, TEXT))).toBe('')
    await writer.type(4, 'two')
    await bob.catchUp()
    expect(shown(await docOn(bob, TEXT))).toBe('one two')
    expect([...bob.projection.voided]).toEqual([])
  })

  test('D20 goes on from what is on the disk, with what waits', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    const writer = new Writer(alice, TEXT)
    for (const letter of 'abcdef') await writer.type(writer.doc.getText('text').length, letter)
    const bob = await machine(world, 'bob')
    const [first, second, ...rest] = world.written
    if (first === undefined || second === undefined) return
    await bob.deliver(rest)
    expect(await waitingOn(bob, TEXT)).toBe(4)
    // Another run of the same peer.
    const restarted = new DocumentsProjection({ space: SPACE, store: bob.store, logger: silentLogger })
    for (const written of [first, second]) {
      const transaction = new Transaction(bob.store)
      const say = await restarted.apply([written.entry], transaction)
      await transaction.commit({ durable: false })
      say()
    }
    expect(shown(await docOn(bob, TEXT))).toBe('abcdef')
    expect(await waitingOn(bob, TEXT)).toBe(0)
  })

  test('D20 folds the tail into the snapshot when it has grown, and opens to the same', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    const writer = new Writer(alice, TEXT)
    const chunk = 'x'.repeat(MIN_FOLD_BYTES / 4)
    for (let i = 0; i < 3; i++) await writer.type(0, chunk)
    expect((await keysOf(alice, statePrefix(TEXT))).filter(isSnapshotKey)).toHaveLength(0)
    for (let i = 0; i < 3; i++) await writer.type(0, chunk)
    const keys = await keysOf(alice, statePrefix(TEXT))
    expect(keys.filter(isSnapshotKey)).toHaveLength(1)
    expect(keys.length).toBeLessThan(4)
    expect(shown(await docOn(alice, TEXT)).length).toBe(chunk.length * 6)
    const { snapshotBytes, tailRecords } = decodeHead(await alice.store.get(headKey(TEXT)))
    expect(snapshotBytes).toBeGreaterThan(0)
    expect(tailRecords).toBe(keys.length - 1)
  })

  test('D14 title and deletion are those of the last entry in the order of all, however they arrive', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    const bob = await machine(world, 'bob')
    const document = newDocumentId('text', seededRandom(9))
    let last = 0
    const named = (title: string): Uint8Array => {
      const id = new Uint8Array(16).fill(++last)
      return encodeBody({ kind: 'document.rename', id, document, title })
    }
    const id = new Uint8Array(16).fill(200)
    await alice.append([
      { kind: 'document.create', body: encodeBody({ kind: 'document.create', id, document, title: 'Plan' }) },
    ])
    await bob.catchUp()
    await alice.append([{ kind: 'document.rename', body: named('from alice') }])
    await bob.append([{ kind: 'document.rename', body: named('from bob') }])
    await bob.append([
      {
        kind: 'document.delete',
        body: encodeBody({ kind: 'document.delete', id: named('x').subarray(0, 16), document }),
      },
    ])
    await alice.append([{ kind: 'document.rename', body: named('alice again') }])
    const seen = new Set<string>()
    for (let seed = 1; seed <= 6; seed++) {
      const one = await machine(world, `carol ${seed}`)
      await one.catchUp(seededRandom(seed), { maxBatch: 1 + (seed % 3) })
      seen.add(JSON.stringify(decodeMetadata(await one.store.get(metaKey(document)))))
    }
    expect(seen.size).toBe(1)
    expect([...seen][0]).toMatch(/"deleted":\{.*"value":true/)
  })

  test('D20 reset leaves nothing, and everything applied anew comes out the same', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    const writer = new Writer(alice, TEXT)
    for (const letter of 'abcdef') await writer.type(0, letter)
    const before = canonical(await docOn(alice, TEXT))
    const transaction = new Transaction(alice.store)
    await alice.projection.reset(transaction)
    await transaction.commit({ durable: false })
    expect(await keysOf(alice, PREFIX)).toEqual([])
    await alice.rebuild()
    expect(canonical(await docOn(alice, TEXT))).toBe(before)
  })

  test('D3 bodies that are none are void, and the journal goes on after them', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    await alice.append([{ kind: 'document.update', body: new Uint8Array([1, 2, 3]) }])
    await alice.append([{ kind: 'document.create', body: new Uint8Array(0) }])
    const writer = new Writer(alice, TEXT)
    await writer.type(0, 'goes on')
    expect(shown(await docOn(alice, TEXT))).toBe('goes on')
    expect(alice.projection.voided.get('its body is not what it should be')).toBe(2)
  })
})
