import { describe, expect, onTestFinished, test } from 'vitest'
import * as Y from 'yjs'

import { DocumentSession } from '../../renderer/documents/document-session.ts'
import { PeerModel } from '../../renderer/state/peer-model.ts'
import { eventually } from '../support/eventually.ts'
import { DemoClient } from './demo-client.ts'
import { DemoLink } from './demo-link.ts'
import { demoWorld } from './demo-world.ts'
import { withPage } from './page-globals.ts'

const DOCUMENT = 'doc-hosts'
const USER = { deviceId: 'alice', name: 'alice', color: '#0b6d6d', colour: 1 }

function setUp() {
  const page = withPage()
  const world = demoWorld('busy')
  const client = new DemoClient(world)
  const link = new DemoLink(client)
  const model = new PeerModel(link)
  return { ...page, world, client, link, model }
}

async function openSession(model: PeerModel) {
  const session = new DocumentSession(model, DOCUMENT, USER)
  onTestFinished(() => session.dispose())
  return { session, text: await textOf(session) }
}

async function textOf(session: DocumentSession): Promise<Y.Text> {
  await eventually(() => session.state.value.kind === 'open', { what: 'the document being open' })
  const { value } = session.state
  if (value.kind !== 'open') throw new Error('not open')
  return value.doc.getText('text')
}

const peerText = (client: DemoClient): string => client.textOf(DOCUMENT).getText('text').toJSON()

describe('an editor’s session', () => {
  test('begins with what the peer has, under the number that the peer gave', async () => {
    const { client, model } = setUp()
    client.textOf(DOCUMENT).getText('text').insert(0, 'what was there')
    const { text, session } = await openSession(model)
    expect(text.toJSON()).toBe('what was there')
    text.insert(0, 'more, and ')
    await eventually(() => peerText(client) === 'more, and what was there')
    expect(session.save.value).toEqual({ kind: 'saved' })
    expect(text.doc?.clientID).toBeGreaterThan(1000)
    expect(text.doc?.clientID).toBeLessThan(2000)
  })

  test('gives a rich document its first paragraph at once, and only when it has none', async () => {
    const { client, model } = setUp()
    for (let round = 0; round < 2; round++) {
      const session = new DocumentSession(model, 'doc-poster', USER)
      await eventually(
        () => session.state.value.kind === 'open' && session.save.value.kind === 'saved' && !session.unsaved,
      )
      const { value } = session.state
      expect(value.kind === 'open' && value.doc.clientID).toBeLessThan(2000)
      session.dispose()
    }
    expect(
      client
        .textOf('doc-poster')
        .getXmlFragment('rich')
        .toJSON()
        .match(/<paragraph/g),
    ).toHaveLength(1)
  })

  test('says not saved until the peer has it, and pushes what came meanwhile together', async () => {
    const { world, client, model } = setUp()
    const { session, text } = await openSession(model)
    world.delay = 30
    for (const letter of 'hello') text.insert(text.length, letter)
    expect(session.save.value).toEqual({ kind: 'saving' })
    expect(session.unsaved).toBe(true)
    await eventually(() => session.save.value.kind === 'saved')
    expect(peerText(client)).toBe('hello')
  })

  test('takes in what others write without sending it back', async () => {
    const { client, model } = setUp()
    const { session, text } = await openSession(model)
    const bob = new Y.Doc()
    bob.getText('text').insert(0, 'bob')
    const [id = ''] = client.sessionsOf(DOCUMENT)
    client.emit('document:updated', { session: id, update: Y.encodeStateAsUpdate(bob) })
    client.emit('document:updated', { session: 'of somebody else', update: new Uint8Array([1]) })
    expect(text.toJSON()).toBe('bob')
    expect(session.unsaved).toBe(false)
  })

  test('keeps what is typed while the peer is away, and both are the same when it is back', async () => {
    const { world, link, client, model } = setUp()
    const { session, text } = await openSession(model)
    text.insert(0, 'before ')
    await eventually(() => session.save.value.kind === 'saved')
    link.lose()
    text.insert(text.length, 'alice meanwhile ')
    expect(session.save.value).toEqual({ kind: 'offline' })
    client.textOf(DOCUMENT).getText('text').insert(0, 'bob meanwhile ')
    const again = new DemoClient(world)
    link.open(again)
    await eventually(() => session.save.value.kind === 'saved')
    expect(text.toJSON()).toBe('bob meanwhile before alice meanwhile ')
    expect(peerText(again)).toBe(text.toJSON())
    text.insert(0, 'after ')
    await eventually(() => peerText(again).startsWith('after '))
  })

  test('loses nothing when the peer goes in the middle of a push', async () => {
    const { world, link, model } = setUp()
    const { session, text } = await openSession(model)
    world.delay = 20
    text.insert(0, 'on its way')
    link.lose()
    const again = new DemoClient(world)
    link.open(again)
    await eventually(() => session.save.value.kind === 'saved')
    expect(peerText(again)).toBe('on its way')
  })

  test('what was not saved when the page was left is there when it is opened again', async () => {
    const { world, window, link, storage, model } = setUp()
    const first = await openSession(model)
    link.lose()
    first.text.insert(0, 'typed without a peer')
    window.dispatchEvent(new Event('pagehide'))
    first.session.dispose()
    expect([...storage.keys()].filter((key) => key.includes(DOCUMENT))).toHaveLength(1)
    const again = new DemoClient(world)
    const second = await openSession(new PeerModel(new DemoLink(again)))
    expect(second.text.toJSON()).toBe('typed without a peer')
    await eventually(() => peerText(again) === 'typed without a peer')
  })

  test('is told that a document was rebuilt, and begins anew with what had not been saved', async () => {
    const { world, client, model } = setUp()
    const { session, text } = await openSession(model)
    text.insert(0, 'cut away')
    await eventually(() => session.save.value.kind === 'saved')
    world.failing.set('document.push', 'wait')
    text.insert(0, 'new ')
    await eventually(() => session.save.value.kind === 'refused')
    world.failing.clear()
    const rebuilt = new Y.Doc()
    rebuilt.getText('text').insert(0, 'what counts')
    world.texts.set(DOCUMENT, rebuilt)
    const [id = ''] = client.sessionsOf(DOCUMENT)
    client.emit('document:reset', { session: id, reason: 'a member was removed' })
    await eventually(() => session.resets.value.count === 1)
    const anew = await textOf(session)
    expect(anew).not.toBe(text)
    expect(anew.toJSON()).toContain('what counts')
    expect(anew.toJSON()).toContain('new ')
    await eventually(() => peerText(client).includes('new '), { what: 'the peer having it' })
    expect(anew.doc?.store.pendingStructs).toBeNull()
  })

  test('shows a deletion as one, and a document that was never here too', async () => {
    const { world, client, model } = setUp()
    const { session } = await openSession(model)
    world.documents = world.documents.filter((document) => document.id !== DOCUMENT)
    const [id = ''] = client.sessionsOf(DOCUMENT)
    client.emit('document:reset', { session: id, reason: 'deleted' })
    await eventually(() => session.state.value.kind === 'gone')
    const other = new DocumentSession(model, 'nowhere', USER)
    onTestFinished(() => other.dispose())
    await eventually(() => other.state.value.kind === 'gone')
  })

  test('says why the peer does not take something, and goes on trying with what follows', async () => {
    const { world, client, model } = setUp()
    const { session, text } = await openSession(model)
    world.failing.set('document.push', 'This document is full.')
    text.insert(0, 'a')
    await eventually(() => session.save.value.kind === 'refused')
    expect(session.save.value).toEqual({ kind: 'refused', reason: 'This document is full.' })
    world.failing.clear()
    text.insert(1, 'b')
    await eventually(() => peerText(client) === 'ab')
  })

  test('ends its session at the peer', async () => {
    const { client, model } = setUp()
    const { session } = await openSession(model)
    expect(client.sessionsOf(DOCUMENT)).toHaveLength(1)
    session.dispose()
    await eventually(() => client.sessionsOf(DOCUMENT).length === 0)
  })
})
