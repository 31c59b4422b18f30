import { join } from 'node:path'

import { expect, test } from 'vitest'

import { eventually, eventuallyPasses } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { freePort } from './free-port.ts'
import { allSynced, RealPeer, swarmOf } from './real-peer.ts'

/** What is promised: back within so long of a cut's end. */
const BACK_WITHIN_MS = 5000
/** A dead link is noticed by unanswered pings. */
const NOTICED_MS = 30_000

async function isConnected(peer: RealPeer, other: RealPeer): Promise<boolean> {
  return ((await peer.machine(other))?.connection ?? null) !== null
}

async function pair(
  label: string,
): Promise<{ readonly root: string; readonly alice: RealPeer; readonly bob: RealPeer }> {
  const root = await temporaryFolder(label)
  const [alice, bob] = await swarmOf(['alice', 'bob'], { root })
  if (alice === undefined || bob === undefined) throw new Error('no peers')
  await alice.client.call('channel.create', { name: 'general' })
  await allSynced([alice, bob])
  return { root, alice, bob }
}

test(
  'after a cut a peer is back within 5 s of its end, and hears what was written meanwhile',
  { timeout: 90_000 },
  async () => {
    const { alice, bob } = await pair('cut')
    process.kill(bob.process.pid, 'SIGSTOP')
    await eventually(async () => !(await isConnected(alice, bob)), { timeout: NOTICED_MS, what: 'the cut noticed' })
    const during = await alice.send('general', 'written while bob was cut off')
    expect((await alice.status()).onlyHere).toBeGreaterThan(0)
    process.kill(bob.process.pid, 'SIGCONT')
    await eventually(() => isConnected(alice, bob), { timeout: BACK_WITHIN_MS, what: 'bob back with alice' })
    await eventuallyPasses(async () => expect((await bob.messages('general')).map(({ id }) => id)).toEqual([during]), {
      timeout: BACK_WITHIN_MS,
    })
    await allSynced([alice, bob])
  },
)

test(
  'when every peer has restarted on a new port, one after another, all are in step again',
  { timeout: 120_000 },
  async () => {
    const root = await temporaryFolder('ports')
    const peers = [...(await swarmOf(['alice', 'bob', 'carol'], { root }))]
    await peers[0]?.client.call('channel.create', { name: 'general' })
    await allSynced(peers)
    const before = await Promise.all(peers.map(async (peer) => (await peer.status()).addresses))
    for (const [index, peer] of peers.entries()) {
      await peer.stop()
      // A peer keeps its port where it can, so it is given another.
      peers[index] = await RealPeer.up({ folder: peer.folder, listen: `/ip4/127.0.0.1/tcp/${await freePort()}` })
      // The others can only tell the next one where this one is now if they heard of it.
      await allSynced(peers)
    }
    const after = await Promise.all(peers.map(async (peer) => (await peer.status()).addresses))
    for (const address of after.flat()) expect(before.flat()).not.toContain(address)
    for (const [index, peer] of peers.entries()) await peer.send('general', `from ${index}`)
    for (const peer of peers) {
      await eventuallyPasses(async () =>
        expect([...(await peer.texts('general'))].sort()).toEqual(['from 0', 'from 1', 'from 2']),
      )
    }
  },
)

test(
  'a peer that was away says it is synced only when it has everything that was written meanwhile',
  { timeout: 90_000 },
  async () => {
    const { alice, bob } = await pair('away')
    await bob.stop()
    const { id: document } = await alice.client.call('document.create', { title: 'Notes', kind: 'text' })
    await alice.client.call('document.write', { document, text: 'x'.repeat(100_000) })
    await Promise.all(Array.from({ length: 1000 }, (_, number) => alice.send('general', `away ${number}`)))
    const { entries } = (await alice.status()).journal
    const back = await RealPeer.up({ folder: bob.folder })
    const unsynced: boolean[] = []
    for (;;) {
      const status = await back.status()
      unsynced.push(!status.synced)
      if (!status.synced) continue
      expect(status).toMatchObject({ missing: 0, notAsked: [], alone: false, journal: { entries } })
      break
    }
    expect(unsynced[0]).toBe(true)
    expect(await back.texts('general')).toHaveLength(1000)
    expect((await back.client.call('document.text', { document })).text).toHaveLength(100_000)
  },
)

test('alone in a swarm it says alone and never synced, and in no swarm neither', { timeout: 60_000 }, async () => {
  const root = await temporaryFolder('alone')
  const alice = await RealPeer.up({ folder: join(root, 'alice') })
  expect(await alice.status()).toMatchObject({ swarm: null, alone: true, synced: false, notAsked: [] })
  await alice.client.call('swarm.create', { name: 'Studio' })
  await alice.client.call('channel.create', { name: 'general' })
  await alice.send('general', 'to myself')
  expect(await alice.status()).toMatchObject({ alone: true, synced: false, notAsked: [], onlyHere: 0 })
  const [message] = await alice.messages('general')
  expect(message).toMatchObject({ copies: 1, machines: 1, notOn: [] })
})

test(
  'a machine that cannot be asked is named, and what is posted while nobody is there goes out later',
  { timeout: 120_000 },
  async () => {
    const root = await temporaryFolder('later')
    const [alice, bob, carol] = await swarmOf(['alice', 'bob', 'carol'], { root })
    if (alice === undefined || bob === undefined || carol === undefined) throw new Error('no peers')
    await alice.client.call('channel.create', { name: 'general' })
    await allSynced([alice, bob, carol])
    await carol.kill9()
    await bob.stop()
    await alice.stop()

    const lone = await RealPeer.up({ folder: alice.folder })
    expect(await lone.status()).toMatchObject({ synced: false, alone: false })
    expect([...(await lone.status()).notAsked].sort()).toEqual([bob.device, carol.device].sort())
    const { onlyHere } = await lone.status()
    await lone.send('general', 'into the dark')
    expect(await lone.status()).toMatchObject({ onlyHere: onlyHere + 1 })
    expect((await lone.messages('general'))[0]).toMatchObject({ copies: 1, machines: 3, notOn: ['bob', 'carol'] })

    const second = await RealPeer.up({ folder: bob.folder })
    await eventuallyPasses(async () => expect(await second.texts('general')).toEqual(['into the dark']))
    await eventuallyPasses(async () =>
      expect(await lone.status()).toMatchObject({ synced: true, notAsked: [carol.device] }),
    )
    await eventuallyPasses(
      async () =>
        expect((await lone.messages('general'))[0]).toMatchObject({ copies: 2, machines: 3, notOn: ['carol'] }),
      { timeout: 3000 },
    )
    expect(await lone.status()).toMatchObject({ onlyHere: 0 })
  },
)

test(
  'how many machines hold a message rises to all of them soon after it was posted, and is told without asking',
  { timeout: 90_000 },
  async () => {
    const root = await temporaryFolder('copies')
    const peers = await swarmOf(['alice', 'bob', 'carol'], { root })
    const [alice] = peers
    if (alice === undefined) throw new Error('no peers')
    await alice.client.call('channel.create', { name: 'general' })
    await allSynced(peers)
    const told: string[] = []
    alice.client.on('message:changed', ({ message }) => told.push(`${message.copies} of ${message.machines}`))
    await alice.send('general', 'counted')
    await eventually(() => told.includes('3 of 3'), { timeout: 3000, what: 'everybody known to hold it' })
    expect((await alice.messages('general'))[0]).toMatchObject({ copies: 3, machines: 3, notOn: [] })
    const { machines } = await alice.status()
    expect(machines.map(({ behind }) => behind)).toEqual([0, 0, 0])
  },
)
