import * as Y from 'yjs'
import { afterEach, describe, expect, test } from 'vitest'

import type { Random } from '../../src/base/random.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { ContentBody } from '../../src/documents/bodies.ts'
import { decodeBody, encodeBody } from '../../src/documents/bodies.ts'
import { checkCheckpoint } from '../../src/documents/checkpoint.ts'
import type { OwnEntry } from '../../src/documents/checkpoint-policy.ts'
import { isDue, planCheckpoint } from '../../src/documents/checkpoint-policy.ts'
import { unite } from '../../src/documents/yjs/delete-sets.ts'
import { normalForm } from '../../src/documents/yjs/normal-form.ts'
import { readDeletes, readStructs, readUpdate } from '../../src/documents/yjs/read-update.ts'
import type { Block, Update } from '../../src/documents/yjs/struct.ts'
import { blockOf } from '../../src/documents/yjs/struct.ts'
import { writeDeletes, writeStructs, writeUpdate } from '../../src/documents/yjs/write-update.ts'
import type { Entry } from '../../src/journal/entry-types.ts'
import type { Draft } from '../../src/journal/journal.ts'
import type { Written } from '../support/projection-harness.ts'
import { World } from '../support/projection-harness.ts'
import type { DocumentMachine } from './writers.ts'
import {
  canonical,
  checkpoint,
  checkpointDraft,
  clientIds,
  docOn,
  editAtRandom,
  machineIn,
  ownEntries,
  RICH,
  shown,
  TEXT,
  waitingOn,
  Writer,
} from './writers.ts'

const machines: DocumentMachine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.stop()
})

async function machine(world: World, name: string): Promise<DocumentMachine> {
  const one = await machineIn(world, name)
  machines.push(one)
  return one
}

/** Alice types key by key, deletes some, and Bob writes and deletes in between. */
async function scene(): Promise<{ world: World; alice: DocumentMachine; bob: DocumentMachine; writer: Writer }> {
  const world = new World()
  const alice = await machine(world, 'alice')
  const bob = await machine(world, 'bob')
  const writer = new Writer(alice, TEXT)
  for (const letter of 'Hello, worldx!') await writer.type(writer.doc.getText('text').length, letter)
  await writer.edit((doc) => doc.getText('text').delete(12, 1))
  await bob.catchUp()
  const other = new Writer(bob, TEXT)
  await other.sync()
  await other.type(6, ' dear')
  await other.edit((doc) => doc.getText('text').delete(0, 1))
  await alice.catchUp()
  return { world, alice, bob, writer }
}

function contentOf(draft: Draft): ContentBody {
  const body = decodeBody(draft.kind, draft.body)
  if (body === undefined || !('structs' in body)) throw new Error('no content')
  return body
}

function updateOf(body: ContentBody): Update {
  return { blocks: readStructs(body.structs, 1e6), deletes: readDeletes(body.deletes, 1e6) }
}

/** The honest checkpoint, changed. */
function forge(
  alice: DocumentMachine,
  change: (update: Update) => Update,
): { draft: Draft; superseded: readonly Entry[] } {
  const superseded = ownEntries(alice, TEXT)
  const draft = checkpointDraft(TEXT, superseded)
  const body = contentOf(draft)
  const { blocks, deletes } = change(updateOf(body))
  const forged = { ...body, structs: writeStructs(blocks), deletes: writeDeletes(deletes) }
  return { draft: { ...draft, body: encodeBody(forged) }, superseded }
}

async function judge(alice: DocumentMachine, change: (update: Update) => Update): Promise<boolean> {
  const { draft, superseded } = forge(alice, change)
  const { entry } = alice.write(draft)
  await Promise.resolve()
  return checkCheckpoint(entry, superseded, clientIds)
}

const withBlock = (update: Update, change: (block: Block) => Block | undefined): Update => ({
  ...update,
  blocks: update.blocks.flatMap((block) => change(block) ?? []),
})

describe('a checkpoint', () => {
  test('D12 says what its author typed key by key in a few structs, and what the author deleted without content', async () => {
    const { alice } = await scene()
    const body = contentOf(checkpointDraft(TEXT, ownEntries(alice, TEXT)))
    const { blocks } = updateOf(body)
    expect(blocks).toHaveLength(1)
    expect(blocks[0]?.structs.length).toBeLessThanOrEqual(4)
    expect(Buffer.from(body.structs).toString('latin1')).not.toContain('worldx')
    // Bob deleted the H, which may not count: so it stays.
    expect(Buffer.from(body.structs).toString('latin1')).toContain('Hello')
    expect(body.structs.length).toBeLessThan(80)
  })

  test('D12 bears nobody else’s structs or deletions', async () => {
    const { alice, bob } = await scene()
    const { blocks, deletes } = updateOf(contentOf(checkpointDraft(TEXT, ownEntries(alice, TEXT))))
    const own = clientIds.of(TEXT, alice.device, { incarnation: alice.incarnation, number: 1 })
    expect(blocks.map(({ client }) => client)).toEqual([own])
    expect([...deletes]).toEqual([[own, [[12, 13]]]])
    expect(ownEntries(bob, TEXT)).toHaveLength(2)
  })

  test('D21 that is honest passes, and what it supersedes is dropped', async () => {
    const { alice, bob } = await scene()
    const before = canonical(await docOn(bob, TEXT))
    await checkpoint(alice, TEXT)
    await bob.catchUp()
    for (const one of [alice, bob]) {
      expect([...one.held].filter(({ entry }) => entry.device === alice.device)).toHaveLength(1)
      expect(canonical(await docOn(one, TEXT))).toBe(before)
    }
  })

  test('D21 with altered text is found out', async () => {
    const { alice } = await scene()
    const altered = await judge(alice, (update) =>
      withBlock(update, (block) => ({
        ...block,
        structs: block.structs.map((struct) => ({
          ...struct,
          payload: struct.payload.map((byte) => (byte === 119 ? 87 : byte)),
        })),
      })),
    )
    expect(altered).toBe(false)
    expect(await judge(alice, (update) => update)).toBe(true)
  })

  test('D21 with dropped text is found out', async () => {
    const { alice } = await scene()
    expect(await judge(alice, (update) => withBlock(update, (block) => blockOf(block.structs.slice(0, -1))))).toBe(
      false,
    )
  })

  test('D21 that adds deletions of others’ text, or leaves out its author’s own, is found out', async () => {
    const { alice, bob } = await scene()
    const foreign = clientIds.of(TEXT, bob.device, { incarnation: bob.incarnation, number: 1 })
    const more = await judge(alice, ({ blocks, deletes }) => ({
      blocks,
      deletes: unite([deletes, new Map([[foreign, [[0, 2] as const]]])]),
    }))
    expect(more).toBe(false)
    expect(await judge(alice, ({ blocks }) => ({ blocks, deletes: new Map() }))).toBe(false)
  })

  test('D21 that moves text elsewhere is found out', async () => {
    const { alice } = await scene()
    const moved = await judge(alice, (update) =>
      withBlock(update, (block) => ({
        ...block,
        structs: block.structs.map((struct) => ({
          ...struct,
          rightOrigin: undefined,
          origin: undefined,
          parent: 'text',
        })),
      })),
    )
    expect(moved).toBe(false)
  })

  test('D21 that says something new besides is found out', async () => {
    const { alice } = await scene()
    const { draft, superseded } = forge(alice, (update) => update)
    const { entry } = alice.write({ ...draft })
    expect(checkCheckpoint(entry, superseded.slice(0, -1), clientIds)).toBe(true)
    expect(
      checkCheckpoint(
        { ...entry, supersedes: [{ incarnation: alice.incarnation, ranges: [[1, 3]] }] },
        superseded.slice(0, 3),
        clientIds,
      ),
    ).toBe(false)
  })

  test('D21 of another’s entries, or of entries about something else, is found out', async () => {
    const { alice, bob } = await scene()
    const { draft, superseded } = forge(alice, (update) => update)
    const { entry } = alice.write(draft)
    expect(checkCheckpoint(entry, [...superseded, ...ownEntries(bob, TEXT)], clientIds)).toBe(false)
    const [message] = await alice.append([{ kind: 'message.post', body: new Uint8Array([1]) }])
    if (message === undefined) throw new Error('nothing was written')
    expect(checkCheckpoint(entry, [...superseded, message], clientIds)).toBe(false)
  })

  test('D21 that leaves out an entry from between those that it supersedes is found out by whoever holds that', async () => {
    const { alice, bob, writer } = await scene()
    await writer.sync()
    await writer.type(0, 'a')
    await writer.edit((doc) => doc.getText('text').delete(3, 1))
    await writer.type(0, 'b')
    const entries = ownEntries(alice, TEXT).filter((entry) => decodedDeletes(entry) === 0 || entry.sequence < 16)
    await alice.append([checkpointDraft(TEXT, entries)])
    await bob.catchUp()
    // A deletion was left out: to Bob, who holds it, nothing may be dropped.
    expect([...bob.held].filter(({ entry }) => entry.device === alice.device).length).toBeGreaterThan(5)
  })

  test('D21 is checked as far as that goes by whoever holds only a part', async () => {
    const { alice } = await scene()
    const { draft, superseded } = forge(alice, (update) => update)
    const { entry } = alice.write(draft)
    expect(checkCheckpoint(entry, superseded.slice(3, 9), clientIds)).toBe(true)
    const bad = forge(alice, (update) =>
      withBlock(update, (block) => ({
        ...block,
        structs: block.structs.map((struct) => ({ ...struct, payload: struct.payload.map((byte) => byte ^ 1) })),
      })),
    )
    expect(checkCheckpoint(alice.write(bad.draft).entry, superseded.slice(3, 9), clientIds)).toBe(false)
  })

  test('D13 two authors who build on each other come together from checkpoints alone', async () => {
    const world = new World()
    const alice = await machine(world, 'alice')
    const bob = await machine(world, 'bob')
    const writers = [new Writer(alice, TEXT), new Writer(bob, TEXT)]
    // Every word stands on the other's last word.
    for (let i = 0; i < 30; i++) {
      const writer = writers[i % 2]
      await writer?.machine.catchUp()
      await writer?.sync()
      await writer?.type(writer.doc.getText('text').length, `${i} `)
    }
    for (const one of [alice, bob]) await one.catchUp()
    const before = shown(await docOn(alice, TEXT))
    await checkpoint(alice, TEXT)
    await checkpoint(bob, TEXT)
    for (const one of [alice, bob]) await one.catchUp()
    const stubs = new Set([...alice.stubs, ...bob.stubs])
    expect(stubs.size).toBe(30)
    for (let seed = 1; seed <= 4; seed++) {
      const late = await machine(world, `late ${seed}`)
      await late.catchUp(seededRandom(seed), { stubs })
      expect(shown(await docOn(late, TEXT))).toBe(before)
      expect(canonical(await docOn(late, TEXT))).toBe(canonical(await docOn(alice, TEXT)))
      expect(await waitingOn(late, TEXT)).toBe(0)
    }
  })
})

function decodedDeletes(entry: Entry): number {
  return contentOf({ kind: entry.kind, body: entry.body }).deletes.length - 1
}

describe('with another author cut', () => {
  /** Entries of an author from some point on, but for what others had seen before. */
  function cutOf(world: World, author: DocumentMachine, random: Random): ReadonlySet<Written> {
    const own = world.written.filter(({ entry }) => entry.device === author.device)
    const from = random.below(own.length + 1)
    const kept = world.pastOf(world.written.filter(({ entry }) => entry.device !== author.device))
    return new Set(own.slice(from).filter((written) => !kept.has(written)))
  }

  for (let seed = 1; seed <= 30; seed++) {
    const document = seed % 2 === 0 ? TEXT : RICH
    test(`D20 peers that hold only checkpoints equal peers that hold everything (seed ${seed})`, async () => {
      const random = seededRandom(seed)
      const world = new World()
      const authors = [await machine(world, 'alice'), await machine(world, 'bob'), await machine(world, 'mallory')]
      const writers = authors.map((author) => new Writer(author, document))
      for (let step = 0; step < 60; step++) {
        const index = random.below(3)
        const [author, writer] = [authors[index], writers[index]]
        if (author === undefined || writer === undefined) continue
        const choice = random.below(10)
        // Near the end nobody hears of Mallory any more, who goes on writing and deleting.
        if (choice === 0 && step < 45) {
          await author.catchUp(random)
          await writer.sync()
        } else if (choice === 1 && author.name !== 'mallory') await checkpoint(author, document)
        else await editAtRandom(writer, random)
      }
      const [alice, bob, mallory] = authors
      if (alice === undefined || bob === undefined || mallory === undefined) return
      await checkpoint(alice, document)
      await checkpoint(bob, document)
      const cut = cutOf(world, mallory, random)
      const stubs = new Set([...alice.stubs, ...bob.stubs])
      const full = await machine(world, 'full')
      await full.catchUp(random, { cut })
      const late = await machine(world, 'late')
      await late.catchUp(random, { cut, stubs, maxBatch: 30 })
      expect(shown(await docOn(late, document))).toBe(shown(await docOn(full, document)))
      expect(canonical(await docOn(late, document))).toBe(canonical(await docOn(full, document)))
      expect(await waitingOn(late, document)).toBe(0)
    })
  }
})

describe('the normal form', () => {
  test('D12 of what is in normal form already is itself, and Yjs reads it as the same', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed)
      const doc = new Y.Doc()
      doc.clientID = 1 + random.below(1000)
      const updates: Update[] = []
      doc.on('update', (update: Uint8Array) => updates.push(readUpdate(update, { structs: 1e6, ranges: 1e6 })))
      const list = doc.getXmlFragment('rich')
      for (let step = 0; step < 60; step++) {
        if (list.length > 0 && random.below(3) === 0) list.delete(random.below(list.length), 1)
        else {
          const element = new Y.XmlElement('p')
          list.insert(random.below(list.length + 1), [element])
          const inner = new Y.XmlText('some text')
          element.insert(0, [inner])
          if (random.below(2) === 0) inner.delete(1, 3)
          element.setAttribute('a', String(step))
        }
      }
      const once = normalForm(updates)
      expect(writeUpdate(normalForm([once]))).toEqual(writeUpdate(once))
      const copy = new Y.Doc()
      Y.applyUpdate(copy, writeUpdate(once))
      expect(copy.store.pendingStructs).toBeNull()
      expect(copy.getXmlFragment('rich').toJSON()).toBe(list.toJSON())
      expect(canonical(copy)).toBe(canonical(doc))
      expect(writeUpdate(once).length).toBeLessThanOrEqual(Y.encodeStateAsUpdate(doc).length * 1.1 + 16)
    }
  })
})

describe('when a checkpoint is due', () => {
  const entries = (from: number, count: number, bytes: number): OwnEntry[] =>
    Array.from({ length: count }, (_, i) => ({ sequence: from + i, bytes, covers: undefined }))

  test('D22 after 200 entries or 128 KiB', () => {
    expect(isDue({ ownUpdates: 199, ownBytes: 1000 })).toBe(false)
    expect(isDue({ ownUpdates: 200, ownBytes: 1000 })).toBe(true)
    expect(isDue({ ownUpdates: 2, ownBytes: 128 * 1024 })).toBe(true)
    expect(isDue({ ownUpdates: 1, ownBytes: 10_000_000 })).toBe(false)
  })

  test('D22 rewriting stays in proportion: each byte is said anew as often as the logarithm of their number', () => {
    let held: OwnEntry[] = []
    let next = 1
    let rewritten = 0
    for (let round = 0; round < 500; round++) {
      held.push(...entries(next, 200, 100))
      next += 200
      const plan = planCheckpoint('aa', held)
      if (plan === undefined) throw new Error('nothing was planned')
      const chosen = new Set(plan.sequences)
      const bytes = held.filter(({ sequence }) => chosen.has(sequence)).reduce((sum, entry) => sum + entry.bytes, 0)
      rewritten += bytes
      // A tenth is what typing key by key comes to.
      const isNew = held.filter(({ sequence }) => chosen.has(sequence) && held.length > 0)
      const size = isNew.reduce((sum, { bytes: one, covers }) => sum + (covers === undefined ? one / 10 : one), 0)
      held = [
        ...held.filter(({ sequence }) => !chosen.has(sequence)),
        { sequence: next++, bytes: size, covers: plan.supersedes },
      ]
    }
    expect(held.length).toBeLessThan(24)
    expect(rewritten / (500 * 200 * 100)).toBeLessThan(4)
    expect(held.flatMap(({ covers }) => covers ?? []).length).toBe(held.length)
  })

  test('D22 never supersedes more than 2,048 ranges', () => {
    const scattered = entries(1, 6000, 100).map((entry) => ({ ...entry, sequence: entry.sequence * 2 }))
    const plan = planCheckpoint('aa', scattered)
    expect(plan?.supersedes[0]?.ranges).toHaveLength(2048)
    expect(plan?.sequences).toHaveLength(2048)
  })
})
