import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { encode } from 'cborg'
import { expect, onTestFinished, test } from 'vitest'

import { bytesEqual } from '../../src/base/bytes.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import { deviceKeyFromSeed, publicKeyOf } from '../../src/identity/index.ts'
import { journalTopic } from '../../src/journal/gossip.ts'
import { openHeader } from '../../src/journal/header.ts'
import { decodeAnswer } from '../../src/journal/protocol.ts'
import { eventually, eventuallyPasses } from '../support/eventually.ts'
import { ADDRESSES, ALIVE, DOCTOR, GOSSIP, RELAY, SYNC } from './adversary.ts'
import { gossiped, publication, rpc, subscription } from './gossip-by-hand.ts'
import type { Forged } from './insider.ts'
import { anyDevice, DATA, Insider, MEMBERS } from './insider.ts'
import type { Victims } from './victims.ts'
import { victims } from './victims.ts'
import { framed } from './wire.ts'

async function attacked(): Promise<Victims & { readonly mallory: Insider; readonly topic: string }> {
  const all = await victims()
  const mallory = await Insider.join(all)
  onTestFinished(() => mallory.stop())
  await eventually(() => mallory.asked, { what: 'the victim to ask' })
  return { ...all, mallory, topic: journalTopic(all.space) }
}

const people = async ({ alice }: Victims): Promise<readonly string[]> =>
  (await alice.client.call('member.list', {})).people.map(({ name, role }) => `${name} ${role}`).sort()
const devices = async ({ alice }: Victims): Promise<number> =>
  (await alice.client.call('member.list', {})).devices.length
const entries = async ({ alice }: Victims): Promise<number> => (await alice.status()).journal.entries

/** Bodies of their kinds, with which nothing is wrong. */
const rename = (name: string): Uint8Array => encode({ id: randomBytes(16), name })

test('entries in the name of others, with a wrong signature, are kept by nobody', async () => {
  const all = await attacked()
  const { mallory, topic } = all
  const before = await entries(all)
  const bobKey = { ...mallory.adversary.key, publicKey: publicKeyOf(all.bob.device as DeviceId) }
  const forgeries: readonly Forged[] = [
    mallory.entry(rename('Pirates'), {
      kind: 'swarm.rename',
      key: bobKey,
      signer: mallory.adversary.key,
      journal: MEMBERS,
    }),
    mallory.entry(rename('Pirates'), {
      kind: 'swarm.rename',
      key: bobKey,
      signer: mallory.adversary.key,
      incarnation: randomBytes(8),
    }),
  ]
  let turn = 0
  mallory.onPull = () => mallory.batch(forgeries.slice(++turn % 2, (turn % 2) + 1))
  await all.during(async () => {
    for (let round = 0; round < 20; round++) {
      for (const forgery of forgeries) await mallory.gossip.raw(rpc(publication(topic, gossiped([forgery]))))
      await mallory.advance(forgeries.map(({ header }) => header))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
  expect((await all.alice.status()).swarm?.name).toBe('Studio')
  // but for what the two told each other meanwhile
  expect(await entries(all)).toBe(before + (await all.alice.texts('plans')).length)
})

test('a member that makes itself owner, admits without an invite or removes others, is not heeded', async () => {
  const all = await attacked()
  const { mallory, topic } = all
  const own = mallory.adversary.key.publicKey
  const alice = publicKeyOf(all.alice.device as DeviceId)
  const acts: readonly [string, object][] = [
    ['person.role', { person: own, role: 'owner', cuts: [] }],
    ['person.remove', { person: alice, cuts: [] }],
    ['device.remove', { device: alice, cuts: [] }],
    ['swarm.rename', { name: 'Pirates' }],
    ['swarm.found', { name: 'Pirates', person: 'm', machine: 'm', nonce: randomBytes(32) }],
  ]
  await all.during(async () => {
    let after: Forged | undefined
    for (const [kind, fields] of acts) {
      const next = mallory.entry(encode({ id: randomBytes(16), ...fields }), {
        kind,
        journal: MEMBERS,
        ...(after === undefined ? {} : { after: after.header }),
      })
      await mallory.gossip.raw(rpc(publication(topic, gossiped([next]))))
      after = next
    }
  })
  expect(await people(all)).toEqual(['alice owner', 'bob member', 'mallory member'])
  expect((await all.alice.status()).swarm?.name).toBe('Studio')
})

test('a fork is kept by all as what it is, and all agree', async () => {
  const all = await attacked()
  const { mallory, topic } = all
  const branches = [1, 2, 3, 4].map(() => mallory.entry(randomBytes(40), { kind: 'message.post' }))
  await all.during(async () => {
    for (const branch of branches) await mallory.gossip.raw(rpc(publication(topic, gossiped([branch]))))
    await mallory.advance(branches.map(({ header }) => header))
  })
  await eventuallyPasses(async () => {
    const [ofAlice, ofBob] = await Promise.all([all.alice.status(), all.bob.status()])
    expect(ofAlice.journal.entries).toBe(ofBob.journal.entries)
    expect(ofAlice.missing + ofBob.missing).toBe(0)
  })
  await all.exchange()
})

test.each([
  ['a frame that claims 4 GiB', framed(new Uint8Array(10), 0xffff_ffff)],
  ['half a frame', framed(randomBytes(1000), 100_000)],
  ['a hundred thousand empty frames', Buffer.alloc(400_000)],
  ['sixteen mebibytes of noise', framed(randomBytes(16 * 1024 * 1024), 1_048_576)],
  ['a map of a billion keys', framed(Uint8Array.of(0xba, 59, 154, 202, 0, 1, 2))],
  ['a list of a billion items', framed(Uint8Array.of(0x9a, 59, 154, 202, 0, 1, 2))],
  ['a nest of lists', framed(new Uint8Array(1_000_000).fill(0x81))],
])('%s, on every protocol, ends that stream or connection and nothing else', async (_, bytes) => {
  const all = await attacked()
  const { adversary } = all.mallory
  all.mallory.connection.abort(new Error('again'))
  await all.during(async () => {
    for (const protocol of [SYNC, DOCTOR, RELAY, ADDRESSES, ALIVE, GOSSIP]) {
      // it is let in again once the end of its last connection has got around
      const mallory = await eventually(() => Insider.enter(all, adversary, { standing: 'active' }))
      try {
        const wire = await adversary.open(mallory.connection, protocol)
        for (let at = 0; at < bytes.length; at += 65_536) if (!(await wire.raw(bytes.subarray(at, at + 65_536)))) break
      } catch {
        // Not served, or cut off at once: as well.
      } finally {
        mallory.stop()
        mallory.connection.abort(new Error('next'))
      }
    }
  })
})

test('garbage gossiped with the key of a member disturbs nobody', async () => {
  const all = await attacked()
  const { mallory, topic } = all
  await all.during(async () => {
    const end = performance.now() + 6_000
    for (let round = 0; performance.now() < end; round++) {
      const size = 1 + ((round * 7919) % 60_000)
      await mallory.gossip.raw(rpc(publication(topic, randomBytes(size)), publication(`x${round}`, randomBytes(100))))
      await mallory.gossip.raw(rpc(...Array.from({ length: 500 }, () => subscription(randomBytes(20).toString('hex')))))
      if (!mallory.gossip.isOpen) break
    }
  })
  expect(await people(all)).toContain('mallory member')
})

test('a flood of tiny entries of devices that nobody knows is bounded in memory, on the disk and in what others see', async () => {
  const all = await attacked()
  const { mallory, topic } = all
  const before = await entries(all)
  let sent = 0
  const keys = Array.from({ length: 2_000 }, () => deviceKeyFromSeed(randomBytes(32)))
  const forged = keys.map((key, index) =>
    mallory.entry(rename(`${index}`), { kind: 'swarm.rename', key, journal: index % 4 === 0 ? DATA : MEMBERS }),
  )
  const messages = forged.map((entry) => publication(topic, gossiped([entry])))
  mallory.onPull = (question) => {
    const asked = forged.find(({ header }) => Buffer.from(question).includes(Buffer.from(header.journal.device)))
    return asked && mallory.batch([asked])
  }
  await all.during(async () => {
    const end = performance.now() + 10_000
    while (performance.now() < end && mallory.gossip.isOpen) {
      for (let at = 0; at < messages.length; at += 100) await mallory.gossip.raw(rpc(...messages.slice(at, at + 100)))
      sent += messages.length
      await mallory.advance(forged.slice(0, 1_000).map(({ header }) => header))
      // a hundred thousand a second at most: the attack itself shares the cores with those it attacks
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  expect(sent).toBeGreaterThan(10_000)
  expect(await devices(all)).toBe(3)
  const kept = (await entries(all)) - before - (await all.alice.texts('plans')).length
  expect(kept).toBeLessThanOrEqual(64)
})

test('heads and reports that claim what nobody has are believed by nobody, and bounded', async () => {
  const all = await attacked()
  const { mallory } = all
  await all.during(async () => {
    const end = performance.now() + 6_000
    while (performance.now() < end && mallory.isConnected) {
      // the victim ends a session in which it is told too much, and begins another later
      await eventually(() => mallory.asked?.isOpen === true || performance.now() >= end)
      const items = Array.from({ length: 4_000 }, () => [
        anyDevice(),
        randomBytes(8),
        MEMBERS,
        Number.MAX_SAFE_INTEGER,
        randomBytes(32),
      ])
      await mallory.asked?.send(encode([16, items]))
    }
  })
  mallory.connection.abort(new Error('enough'))
  await eventuallyPasses(async () => {
    const { missing, synced } = await all.alice.status()
    expect([missing, synced]).toEqual([0, true])
  })
})

test("who says that it holds more of somebody's own journal than exists makes nobody begin another", async () => {
  const all = await attacked()
  const { mallory } = all
  const headers = mallory.shown.flatMap((frame) => {
    const answer = decodeAnswer(frame)
    return answer.type === 'batch'
      ? answer.items.flatMap((item) => (item.type === 'entry' ? [item.entry.header] : []))
      : []
  })
  const ofAlice = headers
    .map(openHeader)
    .find(({ journal }) => bytesEqual(journal.device, publicKeyOf(all.alice.device as DeviceId)))
  if (ofAlice === undefined) throw new Error('nothing of alice was shown')
  await all.during(async () => {
    for (let round = 1; round <= 40; round++) {
      for (const kind of [MEMBERS, DATA] as const) {
        const journal = { ...ofAlice.journal, kind }
        await mallory.advance([{ ...ofAlice, journal, sequence: 1_000_000 + round, hash: randomBytes(32) }])
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })
  expect(await all.alice.notice('incarnation')).toBeUndefined()
  const log = await readFile(join(all.alice.folder, 'peer.log'), 'utf8')
  expect(log).not.toContain('goes on in a new incarnation')
})
