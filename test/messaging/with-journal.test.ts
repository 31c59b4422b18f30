import { expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import type { EntryReference } from '../../src/journal/entry-types.ts'
import type { LocalJournal } from '../../src/journal/local-journal.ts'
import type { Messages } from '../../src/messaging/index.ts'
import { createMessages, MessagesProjection } from '../../src/messaging/index.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import { localPeer, transfer } from '../journal/local-peers.ts'

interface Peer {
  readonly device: DeviceId
  readonly journal: LocalJournal
  readonly messages: Messages
  readonly asked: EntryReference[]
  readonly stop: () => Promise<void>
}

async function peer(seed: number): Promise<Peer> {
  const { device } = deviceKeyFromSeed(new Uint8Array(32).fill(seed))
  const store = new MemoryStore()
  const projection = new MessagesProjection({ clock: systemClock })
  const { journal } = await localPeer(seed, { store, projections: [projection] })
  const asked: EntryReference[] = []
  const messages = createMessages({
    journal: {
      device,
      append: (drafts) => journal.append(drafts),
      holders: (reference): readonly DeviceId[] => {
        asked.push(reference)
        return [device]
      },
    },
    machines: () => 1,
    projection,
    store,
    clock: systemClock,
    random: seededRandom(seed),
  })
  const stop = async (): Promise<void> => {
    await journal.stop()
    await store.stop()
  }
  return { device, journal, messages, asked, stop }
}

test('M5 messages go through real journals: signed, chained, both ways, at once', async () => {
  const alice = await peer(1)
  const bob = await peer(2)
  const { id } = await alice.messages.createChannel('general')
  await transfer(alice.journal, bob.journal)
  await Promise.all([
    ...Array.from({ length: 20 }, (_, i) => alice.messages.post('general', `alice ${i}`)),
    ...Array.from({ length: 20 }, (_, i) => bob.messages.post(id, `bob ${i}`)),
  ])
  await transfer(alice.journal, bob.journal)
  await transfer(bob.journal, alice.journal)
  const [atAlice, atBob] = await Promise.all([alice.messages.read('general'), bob.messages.read('general')])
  const shown = ({ messages }: typeof atAlice): readonly string[] => messages.map(({ text }) => text)
  expect(shown(atAlice)).toHaveLength(40)
  expect(shown(atAlice)).toEqual(shown(atBob))
  for (const name of ['alice', 'bob']) {
    const own = shown(atAlice).filter((text) => text.startsWith(name))
    expect(own).toEqual(Array.from({ length: 20 }, (_, i) => `${name} ${i}`))
  }
  await alice.stop()
  await bob.stop()
})

test('M13 the reference that copies are counted by leads back to the entry', async () => {
  const alice = await peer(1)
  const bob = await peer(2)
  await alice.messages.createChannel('general')
  await alice.messages.post('general', 'hello')
  await transfer(alice.journal, bob.journal)
  await bob.messages.read('general')
  const [entry] = await bob.journal.read(bob.asked)
  expect(entry).toMatchObject({ device: alice.device, kind: 'message.post' })
  await alice.stop()
  await bob.stop()
})
