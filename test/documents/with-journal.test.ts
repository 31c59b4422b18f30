import { afterEach, describe, expect, test } from 'vitest'

import { silentLogger } from '../../src/base/log.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Documents } from '../../src/documents/index.ts'
import { createDocuments, createPresence, DocumentsProjection } from '../../src/documents/index.ts'
import { Emitter } from '../../src/base/emitter.ts'
import { deviceKeyFromSeed, verifySignature } from '../../src/identity/device-key.ts'
import { LocalJournal, spacePrefix } from '../../src/journal/local-journal.ts'
import type { RecordStore } from '../../src/store/index.ts'
import { MemoryStore } from '../../src/store/index.ts'
import { SPACE, transfer } from '../journal/local-peers.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { Editor } from './editor.ts'
import { Air } from './peers.ts'
import { openAuthority } from '../support/open-authority.ts'

/** A peer's documents on the real journal, without a network: entries are carried over by hand. */
interface Peer {
  readonly journal: LocalJournal
  readonly documents: Documents
  readonly projection: DocumentsProjection
  readonly store: RecordStore
  readonly clock: VirtualClock
}

const peers: Peer[] = []
afterEach(async () => {
  for (const { documents, journal, store } of peers.splice(0)) {
    await documents.stop()
    await journal.stop()
    await store.stop()
  }
})

async function peer(seed: number, options: { readonly store?: RecordStore } = {}): Promise<Peer> {
  const clock = new VirtualClock()
  const store = options.store ?? new MemoryStore()
  await store.start()
  const projection = new DocumentsProjection({ space: SPACE, store, logger: silentLogger })
  const key = deviceKeyFromSeed(new Uint8Array(32).fill(seed))
  const random = seededRandom(seed * 100 + peers.length)
  const journal = new LocalJournal({
    space: SPACE,
    key,
    store,
    prefix: spacePrefix(0),
    authority: openAuthority,
    projections: [projection],
    clock,
    random,
    logger: silentLogger,
    verify: verifySignature,
    fingerprint: `machine ${seed}`,
    isStoreFailure: () => false,
  })
  await journal.start()
  const network = { events: new Emitter<{ 'peer:disconnected': { readonly device: never } }>() }
  const documents = createDocuments({
    journal: {
      device: key.device,
      get incarnation() {
        return journal.incarnation
      },
      append: (drafts) => journal.append(drafts),
      read: (references) => journal.read(references),
      requireWriter: () => journal.requireWriter(),
      settled: () => journal.settled(),
    },
    projection,
    presence: createPresence({ ephemeral: new Air().join(key.device), network, clock, space: SPACE }),
    store,
    clock,
    random,
    logger: silentLogger,
  })
  await documents.start()
  const one = { journal, documents, projection, store, clock }
  peers.push(one)
  return one
}

/** Types key by key, each key an entry of its own. */
async function typeKeys({ clock, documents }: Peer, id: string, text: string): Promise<void> {
  const editor = await Editor.open(documents, id)
  for (const letter of text) {
    editor.type(editor.text.length, letter)
    await clock.advance(60)
  }
  await editor.saved()
  await documents.close(editor.opened.session)
}

const entriesOf = ({ journal }: Peer): number => journal.lines.all.reduce((sum, line) => sum + line.entries, 0)

describe('documents on the real journal', () => {
  test('D22 a document typed key by key does not grow for ever, and a latecomer gets the same from stubs', async () => {
    const alice = await peer(1)
    const { id } = await alice.documents.create({ title: 'Plan', kind: 'text' })
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(6)
    await typeKeys(alice, id, text)
    expect(entriesOf(alice)).toBeGreaterThan(250)
    const bob = await peer(2)
    await transfer(alice.journal, bob.journal)
    await alice.clock.advance(6000)
    await alice.journal.settled()
    expect(entriesOf(alice)).toBeLessThan(10)
    expect(await alice.documents.text(id)).toBe(text)
    await transfer(alice.journal, bob.journal)
    // What bob writes next vouches for the checkpoint.
    await bob.journal.append([{ kind: 'note.add', body: new Uint8Array() }])
    await bob.journal.settled()
    expect(entriesOf(bob)).toBe(entriesOf(alice) + 1)
    const late = await peer(3)
    await transfer(alice.journal, late.journal)
    expect(entriesOf(late)).toBe(entriesOf(alice))
    for (const one of [bob, late]) expect(await one.documents.text(id)).toBe(text)
    // And it goes on from there.
    await late.clock.drive(late.documents.append(id, 'More.'))
    await typeKeys(alice, id, '!')
    await transfer(late.journal, alice.journal)
    await transfer(alice.journal, late.journal)
    expect(await alice.documents.text(id)).toBe(await late.documents.text(id))
    expect([...late.projection.voided]).toEqual([])
  })

  test('D22 a second round takes the first checkpoint in, and stubs upon stubs are told on', async () => {
    const alice = await peer(1)
    const { id } = await alice.documents.create({ title: 'Plan', kind: 'text' })
    for (let round = 0; round < 3; round++) {
      await typeKeys(alice, id, 'abcde fghij '.repeat(18))
      await alice.clock.advance(6000)
      await alice.journal.settled()
    }
    expect(entriesOf(alice)).toBeLessThan(10)
    const late = await peer(2)
    await transfer(alice.journal, late.journal)
    expect(await late.documents.text(id)).toBe('abcde fghij '.repeat(54))
  })

  test('D20 everything is there again after a restart, applied once, with what waited', async () => {
    const disk = new MemoryStore()
    const alice = await peer(1, { store: disk })
    const { id } = await alice.documents.create({ title: 'Plan', kind: 'rich' })
    await alice.clock.drive(alice.documents.write(id, '# Title\n- one\n- two\n'))
    await alice.documents.stop()
    await alice.journal.stop()
    peers.splice(0)
    const again = await peer(1, { store: disk })
    expect(await again.documents.text(id)).toBe('# Title\n- one\n- two\n')
    expect((await again.documents.list()).map(({ title }) => title)).toEqual(['Plan'])
    const late = await peer(2)
    await transfer(again.journal, late.journal)
    expect(await late.documents.text(id)).toBe('# Title\n- one\n- two\n')
  })

  test('D16 a text of three megabytes goes through blobs and comes out whole', async () => {
    const alice = await peer(1)
    const { id } = await alice.documents.create({ title: 'Book', kind: 'text' })
    const text = 'All happy families are alike. '.repeat(100_000)
    await alice.clock.drive(alice.documents.write(id, text))
    expect(await alice.documents.text(id)).toBe(text)
  })
})
