import { describe, expect, it } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Entry } from '../../src/journal/entry-types.ts'
import { openHeader } from '../../src/journal/header.ts'
import { journalsOf } from '../../src/journal/held-journals.ts'
import type { Draft } from '../../src/journal/journal.ts'
import type { Projection } from '../../src/journal/projection.ts'
import { MemoryStore } from '../../src/store/index.ts'
import { exportLines, localPeer, text, textsOf, transfer } from './local-peers.ts'

const act = (value: string): Draft => ({ kind: 'act.say', body: utf8(value), journal: 'members' })

const checkpointOf = (incarnation: string, texts: readonly string[], to: number) => ({
  kind: 'text.checkpoint',
  body: utf8(texts.join('')),
  supersedes: [{ incarnation, ranges: [[1, to]] as const }],
})

describe('local journal', () => {
  it('J1 appends entries that are chained, numbered and applied in order', async () => {
    const alice = await localPeer(1)
    await alice.journal.append([text('a')])
    const [b, c] = await alice.journal.append([text('b'), text('c')])
    expect(textsOf(alice)).toEqual(['a', 'b', 'c'])
    expect([b?.sequence, c?.sequence]).toEqual([2, 3])
    expect([b?.lamport, c?.lamport]).toEqual([2, 3])
  })

  it('J2 brings entries to another peer in causal order, each once', async () => {
    const alice = await localPeer(1)
    const bob = await localPeer(2)
    await alice.journal.append([text('a')])
    await transfer(alice.journal, bob.journal)
    await bob.journal.append([text('b')])
    await transfer(bob.journal, alice.journal)
    await transfer(bob.journal, alice.journal)
    const [c] = await alice.journal.append([text('c')])
    expect(textsOf(alice)).toEqual(['a', 'b', 'c'])
    expect(c?.lamport).toBe(3)
    const carol = await localPeer(3)
    await transfer(bob.journal, carol.journal)
    await transfer(alice.journal, carol.journal)
    expect(textsOf(carol)).toEqual(['a', 'b', 'c'])
    expect(carol.journal.frontier.root).toEqual(alice.journal.frontier.root)
  })

  it('J3 lets an entry wait for what its author had seen, whatever arrives first', async () => {
    const [alice, bob, carol] = [await localPeer(1), await localPeer(2), await localPeer(3)]
    await alice.journal.append([text('question')])
    await transfer(alice.journal, bob.journal)
    await bob.journal.append([text('answer')])
    const onlyBobs = (await exportLines(bob.journal)).at(-1)
    await carol.journal.receive(onlyBobs?.items ?? [])
    await carol.journal.apply()
    expect(textsOf(carol)).toEqual([])
    expect(carol.journal.waiting).toBe(1)
    await transfer(alice.journal, carol.journal)
    expect(textsOf(carol)).toEqual(['question', 'answer'])
  })

  it('J4 opens again with everything that was acknowledged, applied once', async () => {
    const store = new MemoryStore()
    const before = await localPeer(1, { store })
    await before.journal.append([text('a'), text('b')])
    store.kill()
    const after = await localPeer(1, { store: new MemoryStore(store.disk) })
    await after.journal.append([text('c')])
    expect(textsOf(after)).toEqual(['c'])
    expect(after.journal.incarnation).toBe(before.journal.incarnation)
    expect(after.journal.lines.all.map((line) => line.head.sequence)).toEqual([3])
  })

  it.each([
    ['a flipped bit in a body', (bytes: Uint8Array) => bytes, true],
    ['a flipped bit in a header', (bytes: Uint8Array) => flip(bytes), false],
  ])('J5 refuses %s', async (_, header, body) => {
    const [alice, bob] = [await localPeer(1), await localPeer(2)]
    await alice.journal.append([text('a')])
    const [batch] = await exportLines(alice.journal)
    const [item] = batch?.items ?? []
    if (item?.type !== 'entry') throw new Error('no entry')
    const forged = {
      ...item.entry,
      header: header(item.entry.header),
      body: body ? flip(item.entry.body) : item.entry.body,
    }
    await expect(bob.journal.receive([{ type: 'entry', entry: forged }])).rejects.toMatchObject({
      code: 'ENTRY_STRUCTURE',
    })
    expect(bob.journal.lines.all).toEqual([])
  })

  it('J5 checks one signature for a chain, and keeps only signatures that it checked', async () => {
    const alice = await localPeer(1)
    await alice.journal.append([text('a')])
    await alice.journal.append([text('b')])
    let checks = 0
    const bob = await localPeer(2, { verify: () => (checks += 1) > 0 })
    await transfer(alice.journal, bob.journal)
    expect(checks).toBe(1)
    const [batch] = await exportLines(bob.journal)
    expect(batch?.items.map((item) => item.type === 'entry' && item.entry.signature !== undefined)).toEqual([
      false,
      true,
    ])
  })

  it('J8 a restored backup goes on in a new incarnation, and what it wrote meanwhile is not lost', async () => {
    const store = new MemoryStore()
    const alice = await localPeer(1, { store })
    const bob = await localPeer(2)
    await alice.journal.append([text('a')])
    const backup = new MemoryStore(store.disk.clone())
    await alice.journal.append([text('b')])
    await transfer(alice.journal, bob.journal)

    const restored = await localPeer(1, { store: backup })
    await restored.journal.append([text('c')])
    const changes: string[] = []
    restored.journal.events.on('incarnation:changed', ({ reason }) => changes.push(reason))
    await transfer(bob.journal, restored.journal)
    await transfer(restored.journal, bob.journal)
    await transfer(bob.journal, restored.journal)
    expect(changes).toHaveLength(1)
    expect(new Set(textsOf(bob))).toEqual(new Set(['a', 'b', 'c']))
    expect(new Set(textsOf(restored))).toEqual(new Set(['b', 'c']))
    expect(restored.journal.frontier.root).toEqual(bob.journal.frontier.root)
  })

  it('J8 a copied folder goes on in a new incarnation from its start', async () => {
    const store = new MemoryStore()
    const alice = await localPeer(1, { store })
    await alice.journal.append([text('a')])
    const copy = await localPeer(1, {
      store: new MemoryStore(store.disk.clone()),
      fingerprint: 'another machine',
      random: seededRandom(99),
    })
    expect(copy.journal.incarnation).not.toBe(alice.journal.incarnation)
    await Promise.all([copy.journal.append([text('b')]), alice.journal.append([text('c')])])
    const bob = await localPeer(2)
    await transfer(copy.journal, bob.journal)
    await transfer(alice.journal, bob.journal)
    expect(new Set(textsOf(bob))).toEqual(new Set(['a', 'b', 'c']))
  })

  it('J9 the branches of a fork are kept by all, whichever came first', async () => {
    const store = new MemoryStore()
    const alice = await localPeer(1, { store })
    await alice.journal.append([text('a')])
    const twin = await localPeer(1, { store: new MemoryStore(store.disk.clone()) })
    await alice.journal.append([text('left')])
    await twin.journal.append([text('right'), text('right 2')])
    const [bob, carol] = [await localPeer(2), await localPeer(3)]
    await transfer(alice.journal, bob.journal)
    await transfer(twin.journal, bob.journal)
    await transfer(twin.journal, carol.journal)
    await transfer(alice.journal, carol.journal)
    expect(bob.journal.frontier.root).toEqual(carol.journal.frontier.root)
    expect(new Set(textsOf(bob))).toEqual(new Set(['a', 'left', 'right', 'right 2']))
    expect([...textsOf(carol)].sort()).toEqual([...textsOf(bob)].sort())
  })

  it('J11 J23 a checkpoint leaves a stub where it is vouched for, and a late joiner who gets only that ends the same', async () => {
    const alice = await localPeer(1)
    const bob = await localPeer(2)
    for (const value of ['a', 'b', 'c', 'd']) await alice.journal.append([text(value)])
    await transfer(alice.journal, bob.journal)
    await alice.journal.append([checkpointOf(alice.journal.incarnation, ['a', 'b', 'c', 'd'], 4)])
    await transfer(alice.journal, bob.journal)
    expect(bob.journal.lines.all.map((line) => line.entries)).toEqual([5])
    await bob.journal.append([text('e')])
    for (const peer of [alice, bob]) {
      await peer.journal.settled()
      expect(peer.journal.lines.all[0]?.entries).toEqual(1)
    }
    const carol = await localPeer(3)
    await transfer(bob.journal, carol.journal)
    expect(textsOf(carol)).toEqual(['abcd', 'e'])
    expect(carol.journal.frontier.root).toEqual(bob.journal.frontier.root)
  })

  it('J11 what a checkpoint says falsely is not dropped', async () => {
    const alice = await localPeer(1)
    const bob = await localPeer(2)
    for (const value of ['a', 'b', 'c']) await alice.journal.append([text(value)])
    await transfer(alice.journal, bob.journal)
    await alice.journal.append([checkpointOf(alice.journal.incarnation, ['a', 'forged', 'c'], 3)])
    await transfer(alice.journal, bob.journal)
    expect(bob.journal.lines.all.map((line) => line.entries)).toEqual([4])
  })

  it('J12 a stub without a checkpoint that covers it is refused', async () => {
    const [alice, bob] = [await localPeer(1), await localPeer(2)]
    for (const value of ['a', 'b', 'c']) await alice.journal.append([text(value)])
    const [batch] = await exportLines(alice.journal)
    const [, second, third] = batch?.items ?? []
    if (second?.type !== 'entry' || third?.type !== 'entry') throw new Error('no entries')
    const { hash, lamport } = openHeader(second.entry.header)
    const hiding = { type: 'stub', stub: { from: 1, to: 2, hash, lamport } } as const
    await expect(bob.journal.receive([hiding, third])).rejects.toMatchObject({ code: 'ENTRY_STRUCTURE' })
  })

  it('J13 a body that is too large for one entry goes into blobs', async () => {
    const alice = await localPeer(1)
    const large = 'x'.repeat(3_000_000)
    const [entry] = await alice.journal.append([text(large)])
    expect(entry?.body.length).toBe(3_000_000)
    const bob = await localPeer(2)
    await expect(transfer(alice.journal, bob.journal)).rejects.toMatchObject({ code: 'MISSING_BLOBS' })
    expect(bob.journal.lines.all).toEqual([])
  })

  it('J13 a body beyond every bound is refused by name, and nothing is written', async () => {
    const alice = await localPeer(1)
    const tooLarge = { kind: 'text.add', body: new Uint8Array(17 * 1024 * 1024) }
    await expect(alice.journal.append([tooLarge])).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(alice.journal.lines.all).toEqual([])
  })

  it('J19 all entries of members journals are handed to who asks for them, with what they come right after', async () => {
    const acts: Entry[] = []
    const witness: Projection = {
      name: 'witness',
      version: 1,
      kinds: [],
      journals: 'members',
      apply: async (entries) => () => acts.push(...entries),
      reset: async () => undefined,
    }
    const [alice, bob] = [await localPeer(1), await localPeer(2, { projections: [witness] })]
    const [first, second] = await alice.journal.append([act('a'), act('b')])
    await alice.journal.append([text('no act')])
    await transfer(alice.journal, bob.journal)
    const [third] = await bob.journal.append([act('c')])
    expect(acts.map(({ hash }) => hash)).toEqual([first?.hash, second?.hash, third?.hash])
    expect(acts.map(({ after }) => after)).toEqual([[], [first?.hash], [second?.hash]])
  })

  it('J20 the ends of what is held of a device can be named', async () => {
    const alice = await localPeer(1)
    await alice.journal.append([act('a')])
    const [, last] = await alice.journal.append([text('b'), text('c')])
    const device = alice.journal.key.device
    expect(journalsOf(alice.journal.lines, device)).toEqual([
      expect.objectContaining({ journal: { device, incarnation: alice.journal.incarnation, kind: 'members' } }),
      {
        journal: { device, incarnation: alice.journal.incarnation, kind: 'data' },
        sequence: 2,
        hash: last?.hash,
      },
    ])
  })

  it('J20 of a forked journal the branch that is applied the furthest is named', async () => {
    const store = new MemoryStore()
    const alice = await localPeer(1, { store })
    await alice.journal.append([text('a')])
    const twin = await localPeer(1, { store: new MemoryStore(store.disk.clone()) })
    await alice.journal.append([text('left')])
    const [, last] = await twin.journal.append([text('right'), text('right 2')])
    const bob = await localPeer(2)
    await transfer(alice.journal, bob.journal)
    await transfer(twin.journal, bob.journal)
    expect(journalsOf(bob.journal.lines, alice.journal.key.device)).toEqual([
      expect.objectContaining({ sequence: 3, hash: last?.hash }),
    ])
  })

  it('J22 nothing is said of who belongs where nobody hears it any more', async () => {
    const alice = await localPeer(1)
    for (let count = 0; count < 32; count++) {
      await alice.journal.append(Array.from({ length: 256 }, () => act('a')))
    }
    await expect(alice.journal.append([act('b')])).rejects.toMatchObject({ code: 'TOO_MANY_ACTS' })
    await alice.journal.append([text('c')])
    expect(textsOf(alice)).toEqual(['c'])
  })
})

function flip(bytes: Uint8Array): Uint8Array {
  const flipped = new Uint8Array(bytes)
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
  return flipped
}
