import { expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import { Drive, ROOT, TreeProjection, TreeReader } from '../../src/files/index.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import { localPeer, transfer } from '../journal/local-peers.ts'
import { contentOf } from './tree/statements.ts'

async function peer(seed: number) {
  const store = new MemoryStore()
  const projection = new TreeProjection()
  const { device } = deviceKeyFromSeed(new Uint8Array(32).fill(seed))
  const { journal } = await localPeer(seed, { store, projections: [projection] })
  const reader = new TreeReader(store, () => `laptop ${seed}`)
  const drive = new Drive({
    journal: { device, append: (drafts) => journal.append(drafts) },
    reader,
    clock: systemClock,
    random: seededRandom(seed),
  })
  const stop = async (): Promise<void> => {
    await journal.stop()
    await store.stop()
  }
  return { journal, reader, drive, projection, stop }
}

test('F8 files go through real journals: signed, chained, both ways', async () => {
  const alice = await peer(1)
  const bob = await peer(2)
  const told: number[] = []
  bob.projection.events.on('tree:changed', ({ folders }) => told.push(folders.size))
  const folder = await alice.drive.createFolder(ROOT, 'Photos')
  const cat = await alice.drive.createFile(folder, 'cat.jpg', contentOf('one'))
  await transfer(alice.journal, bob.journal)
  expect(told.length).toBeGreaterThan(0)
  await Promise.all([
    alice.drive.rename(cat, 'tiger.jpg'),
    bob.drive.move(cat, ROOT),
    bob.drive.write(cat, contentOf('two')),
    ...Array.from({ length: 20 }, (_, at) => bob.drive.createFile(folder, `${at}.jpg`, contentOf(String(at)))),
  ])
  await transfer(alice.journal, bob.journal)
  await transfer(bob.journal, alice.journal)
  for (const { reader } of [alice, bob]) {
    expect((await reader.list(ROOT)).items.map(({ name }) => name)).toEqual(['Photos', 'tiger.jpg'])
    expect((await reader.list(folder)).items).toHaveLength(20)
    expect(await reader.lookUp('tiger.jpg')).toMatchObject({ version: { hash: contentOf('two').hash } })
  }
  await alice.stop()
  await bob.stop()
})
