import { join } from 'node:path'

import { expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import type { Operation } from '../../src/store/index.ts'
import { LevelStore, prefixRange } from '../../src/store/index.ts'
import { eventually, eventuallyPasses } from '../support/eventually.ts'
import { startProcess } from '../support/processes.ts'
import { describeWith } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { allSynced, RealPeer, swarmOf } from './real-peer.ts'

const ROUNDS = 20
/** Acknowledged in a round before the kill: it then comes in the middle of writing, each time somewhere else. */
const WRITES_BEFORE_KILL = 6

/** Writes one after another until the peer is gone; only what was acknowledged is in `acknowledged`. */
async function writeUntilKilled(
  peer: RealPeer,
  options: { readonly round: number; readonly document: string; readonly acknowledged: string[] },
): Promise<void> {
  const { acknowledged, document, round } = options
  try {
    for (let number = 0; ; number++) {
      const word = `${round}.${number}`
      if (number % 3 === 2) await peer.client.call('document.append', { document, text: `<${word}>` })
      else await peer.send('general', word)
      acknowledged.push(number % 3 === 2 ? `<${word}>` : word)
    }
  } catch {
    // It was killed while this was on its way: nothing was promised of it.
  }
}

test(
  'over 20 kills with -9 in the middle of writing nothing acknowledged is lost and nothing doubled, and all end in step',
  { timeout: 180_000 },
  async () => {
    const root = await temporaryFolder('kill')
    const [alice, bob, carol] = await swarmOf(['alice', 'bob', 'carol'], { root })
    if (alice === undefined || bob === undefined || carol === undefined) throw new Error('no peers')
    await alice.client.call('channel.create', { name: 'general' })
    const { id: document } = await alice.client.call('document.create', { title: 'Notes', kind: 'text' })
    await allSynced([alice, bob, carol])

    const acknowledged: string[] = []
    let victim = carol
    for (let round = 0; round < ROUNDS; round++) {
      const before = acknowledged.length
      const writing = writeUntilKilled(victim, { round, document, acknowledged })
      // Others write as well, so that entries come in and go out at the moment of the kill.
      const beside = [alice.send('general', `alice ${round}`), bob.send('general', `bob ${round}`)]
      await eventually(() => acknowledged.length >= before + WRITES_BEFORE_KILL + (round % 5), { timeout: 30_000 })
      await victim.process.kill9()
      await writing
      await Promise.all(beside)
      acknowledged.push(`alice ${round}`, `bob ${round}`)
      victim = await RealPeer.up({ folder: join(root, 'carol') })
    }

    const peers = [alice, bob, victim]
    await allSynced(peers)
    const views = await eventuallyPasses(async () => {
      const all = await Promise.all(
        peers.map(async (peer) => ({
          messages: (await peer.messages('general')).map(({ author, id, text }) => ({ author, id, text })),
          document: (await peer.client.call('document.text', { document })).text,
          entries: (await peer.status()).journal.entries,
        })),
      )
      for (const view of all) expect(view).toEqual(all[0])
      return all
    })
    const [view] = views
    if (view === undefined) throw new Error('nobody is left')
    const texts = view.messages.map(({ text }) => text)
    const pieces = view.document.match(/<[^>]*>/g) ?? []
    const shown = [...texts, ...pieces]
    expect(acknowledged.filter((text) => !shown.includes(text))).toEqual([])
    expect(shown.filter((text, index) => shown.indexOf(text) !== index)).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * (WRITES_BEFORE_KILL + 2))
    expect((await victim.status()).notices).toEqual([])
  },
)

/** Empties the address book of a peer that is down; resolves to the number of records in it. */
async function forgetAddresses(folder: string): Promise<number> {
  const store = new LevelStore({ folder: join(folder, 'store') })
  await store.start()
  const operations: Operation[] = []
  for await (const [key] of store.entries(prefixRange(utf8('na')))) operations.push({ type: 'delete', key })
  await store.write(operations, { durable: true })
  await store.stop()
  return operations.length
}

describeWith('namespaces')('three peers in a network of their own', () => {
  test('find each other by mDNS alone, share what is written, and need no address', { timeout: 120_000 }, async () => {
    const root = await temporaryFolder('mdns')
    // Holds the namespace open for the peers that enter it.
    const holder = startProcess(
      [
        '-n',
        'sh',
        '-c',
        'ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo && echo up && exec sleep 300',
      ],
      { command: 'unshare' },
    )
    await holder.line((line) => line === 'up')
    const wrapper = ['nsenter', `--net=/proc/${holder.pid}/ns/net`]
    const names = ['alice', 'bob', 'carol']
    const members = await swarmOf(names, { root, wrapper, mdns: true })
    await allSynced(members)
    await members[0]?.client.call('channel.create', { name: 'general' })
    await allSynced(members)
    for (const member of members) await member.stop()

    // On new ports, and without the addresses of before: only mDNS can bring them together.
    for (const name of names) expect(await forgetAddresses(join(root, name))).toBeGreaterThan(0)
    const again = await Promise.all(names.map((name) => RealPeer.up({ folder: join(root, name), mdns: true, wrapper })))
    await again[2]?.send('general', 'hello by mDNS')
    await allSynced(again)
    for (const peer of again) expect(await peer.texts('general')).toEqual(['hello by mDNS'])
  })
})
