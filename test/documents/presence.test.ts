import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { afterEach, describe, expect, test } from 'vitest'

import { PresenceRefusedError, SessionNotFoundError } from '../../src/documents/index.ts'
import { decodePresence, encodePresence } from '../../src/documents/presence-message.ts'
import { World } from '../support/projection-harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import type { Peer } from './peers.ts'
import { Air, peerIn } from './peers.ts'

const peers: Peer[] = []
const awarenesses: Awareness[] = []
afterEach(async () => {
  for (const awareness of awarenesses.splice(0)) awareness.destroy()
  for (const peer of peers.splice(0)) await peer.stop()
})

interface Seat {
  readonly peer: Peer
  readonly session: string
  readonly clientId: number
  readonly awareness: Awareness
  tell(state: Record<string, unknown> | null): Promise<void>
  names(): readonly string[]
}

async function sit(peer: Peer, document: string): Promise<Seat> {
  const { clientId, session } = await peer.documents.open(document)
  const doc = new Y.Doc()
  doc.clientID = clientId
  const awareness = new Awareness(doc)
  awarenesses.push(awareness)
  peer.documents.events.on('document:presence', (event) => {
    if (event.session === session) applyAwarenessUpdate(awareness, event.state, 'peer')
  })
  return {
    peer,
    session,
    clientId,
    awareness,
    tell: async (state) => {
      awareness.setLocalState(state)
      await peer.documents.setPresence(session, encodeAwarenessUpdate(awareness, [clientId]))
    },
    names: () =>
      [...awareness.getStates()]
        .filter(([client]) => client !== clientId)
        .map(([, state]) => String(state['name']))
        .sort(),
  }
}

async function table(): Promise<{ air: Air; clock: VirtualClock; alice: Peer; bob: Peer; document: string }> {
  const world = new World()
  const air = new Air()
  const clock = new VirtualClock()
  const alice = await peerIn(world, 'alice', { air, clock })
  const bob = await peerIn(world, 'bob', { air, clock })
  peers.push(alice, bob)
  const { id } = await alice.documents.create({ title: 'Plan', kind: 'text' })
  await bob.machine.catchUp()
  return { air, clock, alice, bob, document: id }
}

describe('presence', () => {
  test('D23 editors see each other’s names and cursors, on one machine and on several, and when they go', async () => {
    const { alice, bob, clock, document } = await table()
    const one = await sit(alice, document)
    await one.tell({ name: 'alice' })
    await clock.advance(300)
    const two = await sit(bob, document)
    const three = await sit(bob, document)
    await two.tell({ name: 'bob', cursor: 4 })
    await three.tell({ name: 'carol' })
    await clock.advance(600)
    expect(one.names()).toEqual(['bob', 'carol'])
    // Whoever comes later asks, and is told.
    expect(two.names()).toEqual(['alice', 'carol'])
    expect((await alice.documents.list())[0]?.present).toEqual([alice.machine.device, bob.machine.device])
    await bob.documents.close(two.session)
    await clock.advance(300)
    expect(one.names()).toEqual(['carol'])
    expect(three.names()).toEqual(['alice'])
  })

  test('D23 a state for a client id that is not derived from its sender is nobody’s', async () => {
    const { air, alice, bob, clock, document } = await table()
    const one = await sit(alice, document)
    const two = await sit(bob, document)
    await two.tell({ name: 'bob' })
    await clock.advance(300)
    const heard: Uint8Array[] = []
    air.members.push({ device: 'tap' as never, listeners: new Set([(_from, payload) => heard.push(payload)]) })
    await two.tell({ name: 'bob again' })
    await clock.advance(300)
    const message = heard.map(decodePresence).find((one) => (one?.told.length ?? 0) > 0)
    if (message === undefined) throw new Error('nothing was heard')
    // Mallory sends Bob's message as her own: it is another client, and Bob's stays as it was.
    const mallory = '12D3KooWMallory' as never
    air.tell(
      mallory,
      encodePresence({
        asked: [],
        told: message.told.map((told) => ({ ...told, clock: 99, state: '{"name":"evil"}' })),
      }),
    )
    await clock.advance(300)
    expect(one.awareness.getStates().get(two.clientId)).toEqual({ name: 'bob again' })
    expect(one.names()).toEqual(['bob again', 'evil'])
    // An editor that speaks for another is heard only where it speaks for itself.
    const speaker = new Awareness(new Y.Doc())
    awarenesses.push(speaker)
    speaker.setLocalState({ name: 'forged' })
    await bob.documents.setPresence(two.session, encodeAwarenessUpdate(speaker, [speaker.clientID]))
    await clock.advance(300)
    expect(one.names()).toEqual(['bob again', 'evil'])
  })

  test('D23 at most eight messages a second go out, and the last state arrives', async () => {
    const { air, alice, bob, clock, document } = await table()
    const one = await sit(alice, document)
    const two = await sit(bob, document)
    await clock.advance(1000)
    const before = air.sent
    for (let i = 0; i < 100; i++) {
      await two.tell({ name: 'bob', cursor: i })
      await clock.advance(10)
    }
    expect(air.sent - before).toBeLessThanOrEqual(9)
    await clock.advance(200)
    expect(one.awareness.getStates().get(two.clientId)).toEqual({ name: 'bob', cursor: 99 })
  })

  test('D23 who is silent for 30 s, or whose machine is gone, is no longer shown, and is again when he speaks', async () => {
    const { air, alice, bob, clock, document } = await table()
    const one = await sit(alice, document)
    const two = await sit(bob, document)
    await two.tell({ name: 'bob' })
    await clock.advance(60_000)
    expect(one.names()).toEqual(['bob'])
    alice.network.emit('peer:disconnected', { device: bob.machine.device })
    expect(one.names()).toEqual([])
    await two.tell({ name: 'bob is back' })
    await clock.advance(300)
    expect(one.names()).toEqual(['bob is back'])
    air.silent = true
    await clock.advance(40_000)
    expect(one.names()).toEqual([])
    expect((await alice.documents.list())[0]?.present).toEqual([alice.machine.device])
  })

  test('D23 what is too large or no state is refused, and a session that is over has none', async () => {
    const { alice, document } = await table()
    const one = await sit(alice, document)
    await expect(one.tell({ name: 'x'.repeat(2000) })).rejects.toThrow(PresenceRefusedError)
    await expect(alice.documents.setPresence(one.session, new Uint8Array([1, 2]))).rejects.toThrow(PresenceRefusedError)
    await alice.documents.close(one.session)
    await expect(one.tell({ name: 'late' })).rejects.toThrow(SessionNotFoundError)
  })

  test('D23 more editors than one message holds are all heard, a few at a time', async () => {
    const { alice, bob, clock, document } = await table()
    const one = await sit(alice, document)
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const name of names) {
      const seat = await sit(bob, document)
      await seat.tell({ name, filler: 'y'.repeat(500) })
    }
    await clock.advance(3000)
    expect(one.names()).toEqual(names)
  })

  test('D23 a message that is none is passed over', () => {
    expect(decodePresence(new Uint8Array([1, 2, 3]))).toBeUndefined()
    expect(decodePresence(new Uint8Array(2000))).toBeUndefined()
    const told = { document: 'A'.repeat(22) as never, session: { incarnation: '0'.repeat(16), number: 1 }, clock: 1 }
    const sent = encodePresence({ asked: [], told: [{ ...told, state: '{"a":1}' }] })
    expect(decodePresence(sent)?.told[0]).toMatchObject({ clock: 1, state: '{"a":1}' })
    expect(decodePresence(encodePresence({ asked: [], told: [{ ...told, state: '[1]' }] }))).toBeUndefined()
    expect(decodePresence(encodePresence({ asked: [], told: [{ ...told, state: 'not json' }] }))).toBeUndefined()
  })
})
