import * as Y from 'yjs'
import { afterEach, describe, expect, test } from 'vitest'

import {
  DocumentDeletedError,
  DocumentNotFoundError,
  SessionNotFoundError,
  UpdateRefusedError,
} from '../../src/documents/index.ts'
import { StoreFullError } from '../../src/store/index.ts'
import { World } from '../support/projection-harness.ts'
import { Editor } from './editor.ts'
import type { Peer } from './peers.ts'
import { peerIn } from './peers.ts'
import { docOn, shown } from './writers.ts'

const peers: Peer[] = []
async function start(...names: readonly string[]): Promise<readonly Peer[]> {
  const world = new World()
  for (const name of names) peers.push(await peerIn(world, name))
  return peers
}
async function alone(): Promise<Peer> {
  const [peer] = await start('alice')
  if (peer === undefined) throw new Error('no peer')
  return peer
}
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.stop()
})

describe('documents as people use them', () => {
  test('D14 are made, listed, renamed, deleted and restored', async () => {
    const { documents } = await alone()
    let changes = 0
    documents.events.on('documents:changed', () => changes++)
    const { id } = await documents.create({ title: '  Shopping \n list ', kind: 'text' })
    expect(await documents.list()).toMatchObject([{ id, title: 'Shopping list', kind: 'text', present: [] }])
    await documents.rename(id, 'Groceries')
    expect((await documents.list()).map(({ title }) => title)).toEqual(['Groceries'])
    await documents.delete(id)
    expect(await documents.list()).toEqual([])
    await expect(documents.text(id)).rejects.toThrow(DocumentDeletedError)
    await documents.restore(id)
    expect(await documents.text(id)).toBe('')
    expect(changes).toBeGreaterThanOrEqual(4)
    await expect(documents.text('nothing')).rejects.toThrow(DocumentNotFoundError)
    await expect(documents.text('A'.repeat(22))).rejects.toThrow(DocumentNotFoundError)
    await expect(documents.create({ title: ' ', kind: 'text' })).rejects.toThrow(/needs a title/)
    await expect(documents.create({ title: 'x'.repeat(201), kind: 'text' })).rejects.toThrow(/longer than/)
  })

  test('D17 a text that is written replaces only what differs, so that what others type stays', async () => {
    const [alice, bob] = await start('alice', 'bob')
    if (alice === undefined || bob === undefined) return
    const { id } = await alice.documents.create({ title: 'Plan', kind: 'text' })
    await alice.clock.drive(alice.documents.write(id, 'one\ntwo\nthree\n'))
    await bob.machine.catchUp()
    await bob.clock.drive(bob.documents.write(id, 'one\ntwo!\nthree\n'))
    await alice.clock.drive(alice.documents.write(id, 'ONE\ntwo\nthree\n'))
    await alice.machine.catchUp()
    await bob.machine.catchUp()
    expect(await alice.documents.text(id)).toBe('ONE\ntwo!\nthree\n')
    expect(await bob.documents.text(id)).toBe('ONE\ntwo!\nthree\n')
    await alice.clock.drive(alice.documents.append(id, 'four\n'))
    await alice.clock.drive(alice.documents.append(id, 'five\n'))
    expect(await alice.documents.text(id)).toBe('ONE\ntwo!\nthree\nfour\nfive\n')
  })

  test('D18 rich text is written and read as Markdown, block by block', async () => {
    const { clock, documents, machine } = await alone()
    const { id } = await documents.create({ title: 'Minutes', kind: 'rich' })
    expect(await documents.text(id)).toBe('')
    const text = '# Minutes\n\nWe met.\n- eggs\n- [x] milk\n1. first\n> said\n```ts\nlet a = 1\n\nb\n```\n'
    await clock.drive(documents.write(id, text))
    expect(await documents.text(id)).toBe(text)
    const before = shown(await docOn(machine, id))
    await clock.drive(documents.write(id, text.replace('We met.', 'We met again.')))
    const after = shown(await docOn(machine, id))
    expect(await documents.text(id)).toContain('We met again.')
    // Blocks keep their ids, the changed one included.
    const ids = (xml: string): unknown => xml.match(/id="[^"]*"/g)
    expect(ids(after)).toEqual(ids(before))
    await clock.drive(documents.append(id, '## Next\nsoon'))
    expect((await documents.text(id)).endsWith('## Next\nsoon\n')).toBe(true)
    await clock.drive(documents.write(id, ''))
    expect(await documents.text(id)).toBe('')
  })

  test('D18 a rich document begins with one block, wherever people begin to type', async () => {
    const { documents } = await alone()
    const { id } = await documents.create({ title: 'Minutes', kind: 'rich' })
    const { doc } = await Editor.open(documents, id)
    expect(doc.getXmlFragment('rich').toJSON()).toMatch(
      /^<blockgroup><blockcontainer id="[^"]+"><paragraph><\/paragraph><\/blockcontainer><\/blockgroup>$/,
    )
  })
})

describe('editor sessions', () => {
  test('D15 the first update after a pause becomes an entry at once, those that follow within 50 ms one together', async () => {
    const { appends, clock, documents } = await alone()
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const editor = await Editor.open(documents, id)
    const before = appends.length
    editor.type(0, 'a')
    await editor.saved()
    expect(appends.length - before).toBe(1)
    for (const letter of 'bcdef') editor.type(editor.text.length, letter)
    await clock.advance(10)
    expect(appends.length - before).toBe(1)
    await clock.advance(60)
    await editor.saved()
    expect(appends.length - before).toBe(2)
    expect(appends.at(-1)).toHaveLength(1)
    expect(await documents.text(id)).toBe('abcdef')
    expect(editor.unsaved).toEqual([])
  })

  test('D15 others of the same machine see it before it is on the disk', async () => {
    const { documents } = await alone()
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const one = await Editor.open(documents, id)
    const two = await Editor.open(documents, id)
    expect(one.opened.clientId).not.toBe(two.opened.clientId)
    one.type(0, 'hello')
    await one.saved()
    two.type(5, ' world')
    expect(two.text.toJSON()).toBe('hello world')
    await Promise.race([two.saved(), Promise.resolve()])
    await new Promise((resolve) => setImmediate(resolve))
    expect(one.text.toJSON()).toBe('hello world')
    expect(one.received.length).toBe(1)
  })

  test('D16 what an editor pushes anew, in whatever form, doubles nothing', async () => {
    const [alice, bob] = await start('alice', 'bob')
    if (alice === undefined || bob === undefined) return
    const { id } = await alice.documents.create({ title: 'Plan', kind: 'text' })
    await bob.machine.catchUp()
    await bob.clock.drive(bob.documents.write(id, 'from bob '))
    await alice.machine.catchUp()
    const editor = await Editor.open(alice.documents, id)
    editor.type(0, 'hello ')
    editor.text.delete(0, 1)
    await alice.clock.advance(100)
    await editor.saved()
    const entries = alice.machine.world.written.length
    await alice.documents.push(editor.opened.session, Y.encodeStateAsUpdate(editor.doc))
    expect(alice.machine.world.written.length).toBe(entries)
    // The connection breaks, something is typed, and the editor comes back with everything it has.
    editor.offline = true
    editor.type(0, 'H')
    await alice.documents.close(editor.opened.session, { lost: true })
    await expect(alice.documents.push(editor.opened.session, Y.encodeStateAsUpdate(editor.doc))).rejects.toThrow(
      SessionNotFoundError,
    )
    const again = await alice.documents.open(id)
    expect(again.clientId).not.toBe(editor.opened.clientId)
    await alice.documents.push(again.session, Y.encodeStateAsUpdate(editor.doc))
    expect(await alice.documents.text(id)).toBe('Hello from bob ')
    await bob.machine.catchUp()
    expect(await bob.documents.text(id)).toBe('Hello from bob ')
  })

  test('D16 what could not be handed over is taken after a restart of the peer, under the client id it bears', async () => {
    const world = new World()
    const before = await peerIn(world, 'alice')
    const { id } = await before.documents.create({ title: 'Plan', kind: 'text' })
    const editor = await Editor.open(before.documents, id)
    editor.type(0, 'kept ')
    await editor.saved()
    editor.offline = true
    editor.type(5, 'and not lost')
    await before.documents.stop()
    const after = await peerIn(world, 'alice', { machine: before.machine, seed: 77 })
    peers.push(after)
    const again = await after.documents.open(id)
    for (const update of editor.unsaved) await after.documents.push(again.session, update)
    expect(await after.documents.text(id)).toBe('kept and not lost')
  })

  test('D16 missing gives an editor what it lacks', async () => {
    const { clock, documents } = await alone()
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const editor = await Editor.open(documents, id)
    const stateVector = Y.encodeStateVector(editor.doc)
    const other = await Editor.open(documents, id)
    other.type(0, 'more')
    await clock.advance(100)
    const doc = new Y.Doc()
    Y.applyUpdate(doc, await documents.missing(editor.opened.session, stateVector))
    expect(doc.getText('text').toJSON()).toBe('more')
    await expect(documents.missing(editor.opened.session, new Uint8Array([255]))).rejects.toThrow(UpdateRefusedError)
  })

  test('D16 an editor may not write under an id that it was not given, nor hand over what cannot be read', async () => {
    const { documents } = await alone()
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const { opened } = await Editor.open(documents, id)
    const foreign = new Y.Doc()
    foreign.clientID = 12345
    foreign.getText('text').insert(0, 'x')
    const push = (update: Uint8Array): Promise<void> => documents.push(opened.session, update)
    await expect(push(Y.encodeStateAsUpdate(foreign))).rejects.toThrow(/client id/)
    await expect(push(new Uint8Array([1, 2, 3]))).rejects.toThrow(UpdateRefusedError)
    const gap = new Y.Doc()
    gap.clientID = opened.clientId
    gap.getText('text').insert(0, 'x')
    const first = Y.encodeStateVector(gap)
    gap.getText('text').insert(1, 'y')
    await expect(push(Y.encodeStateAsUpdate(gap, first))).rejects.toThrow(/missing/)
    const map = new Y.Doc()
    map.clientID = opened.clientId
    map.getMap('other').set('a', 1)
    await expect(push(Y.encodeStateAsUpdate(map))).rejects.toThrow(/root/)
    expect(await documents.text(id)).toBe('')
  })

  test('D15 what a full disk refused stays first in line, and is not acknowledged before it is written', async () => {
    const peer = await alone()
    const { clock, documents } = peer
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const editor = await Editor.open(documents, id)
    peer.failWith = new StoreFullError('the disk is full')
    editor.type(0, 'one ')
    await expect(editor.saved()).rejects.toThrow('the disk is full')
    expect(editor.unsaved).toHaveLength(1)
    peer.failWith = undefined
    await clock.advance(100)
    const update = editor.unsaved[0]
    if (update === undefined) throw new Error('nothing is unsaved')
    await documents.push(editor.opened.session, update)
    expect(shown(await docOn(peer.machine, id))).toBe('one ')
  })

  test('D16 a paste that no entry could hold is written as several, all or none', async () => {
    const { appends, clock, documents, machine } = await alone()
    const { id } = await documents.create({ title: 'Long', kind: 'text' })
    const editor = await Editor.open(documents, id)
    const text = '😀 word'.repeat(300_000)
    editor.type(0, text)
    await editor.saved()
    expect(appends.at(-1)?.length).toBeGreaterThan(1)
    expect(shown(await docOn(machine, id))).toBe(text)
    const rich = await documents.create({ title: 'Rich', kind: 'rich' })
    const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}`).join('\n')
    await clock.drive(documents.write(rich.id, lines))
    expect(await documents.text(rich.id)).toBe(`${lines}\n`)
  })

  test('D15 what is handed over while the peer stops is written', async () => {
    const world = new World()
    const peer = await peerIn(world, 'alice')
    const { id } = await peer.documents.create({ title: 'Plan', kind: 'text' })
    const editor = await Editor.open(peer.documents, id)
    for (const letter of 'abc') editor.type(editor.text.length, letter)
    await new Promise((resolve) => setImmediate(resolve))
    await peer.documents.stop()
    await editor.saved()
    expect(shown(await docOn(peer.machine, id))).toBe('abc')
    await peer.machine.stop()
  })

  test('D19 editors are told when their document is deleted, or what counts in it is judged anew', async () => {
    const { documents, machine } = await alone()
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const editor = await Editor.open(documents, id)
    editor.type(0, 'text')
    await editor.saved()
    await machine.rebuild()
    await new Promise((resolve) => setImmediate(resolve))
    expect(editor.resets).toEqual(['What counts in this document was judged anew.'])
    const again = await Editor.open(documents, id)
    expect(again.text.toJSON()).toBe('text')
    await documents.delete(id)
    await new Promise((resolve) => setImmediate(resolve))
    expect(again.resets).toEqual(['The document was deleted.'])
  })

  test('D15 a session that was left in good order is given out again', async () => {
    const { documents } = await alone()
    const { id } = await documents.create({ title: 'Plan', kind: 'text' })
    const one = await documents.open(id)
    const two = await documents.open(id)
    await documents.close(one.session)
    expect((await documents.open(id)).clientId).toBe(one.clientId)
    await documents.close(two.session, { lost: true })
    expect((await documents.open(id)).clientId).not.toBe(two.clientId)
  })
})
