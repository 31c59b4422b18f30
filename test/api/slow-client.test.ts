import { describe, expect, test } from 'vitest'

import { serveApi } from '../../src/api/server/serve-api.ts'
import {
  CONGESTED_FRAMES,
  MAX_HELD_EVENTS,
  MAX_RUNNING_CALLS,
  MAX_WAITING_CALLS,
} from '../../src/api/server/constants.ts'
import { channelPair } from '../../src/api/wire/channel-pair.ts'
import type { ServerFrame } from '../../src/api/wire/frames.ts'
import { eventually } from '../support/eventually.ts'
import { FakeService, messageOf, statusOf } from './fake-service.ts'

/** A client that speaks frames by hand and takes in only what the test says. */
function connect() {
  const [server, client] = channelPair()
  const service = new FakeService()
  serveApi(service, server)
  const frames: ServerFrame[] = []
  client.receive((frame) => frames.push(frame as ServerFrame))
  client.send({ type: 'hello', protocol: 1 })
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  return { service, server, client, frames, settled }
}

type Connection = ReturnType<typeof connect>

async function congest({ service, frames, settled }: Connection): Promise<void> {
  await settled()
  for (let i = frames.length; i <= CONGESTED_FRAMES; i++) service.events.emit('documents:changed', {})
  await settled()
  expect(frames).toHaveLength(CONGESTED_FRAMES + 1)
}

const eventsOf = (frames: readonly ServerFrame[]) => frames.flatMap((frame) => (frame.type === 'event' ? [frame] : []))

describe('a client that takes nothing in', () => {
  test('A13 gets of each state the newest, nothing transient, and everything else in order, once it goes on', async () => {
    const connection = connect()
    const { service, client, frames, settled } = connection
    client.send({ type: 'call', id: 1, name: 'document.open', parameters: { document: 'd' } })
    await settled()
    const session = service.last('document.open').connection
    await congest(connection)
    const before = frames.length
    for (let i = 0; i < 1000; i++) service.events.emit('status:changed', statusOf({ missing: i }))
    service.events.emit('message:typing', { channel: 'c', deviceId: 'bob', name: 'bob' })
    session.emit('document:presence', { session: 's', state: Uint8Array.of(1) })
    session.emit('document:updated', { session: 's', update: Uint8Array.of(1) })
    service.events.emit('message:changed', { message: messageOf({ copies: 1 }), isNew: true })
    session.emit('document:updated', { session: 's', update: Uint8Array.of(2) })
    service.events.emit('message:changed', { message: messageOf({ copies: 2 }), isNew: false })
    await settled()
    expect(frames).toHaveLength(before)
    client.send({ type: 'taken', frames: before })
    await settled()
    expect(eventsOf(frames.slice(before)).map(({ name, event }) => [name, event])).toEqual([
      ['status:changed', statusOf({ missing: 999 })],
      ['document:updated', { session: 's', update: Uint8Array.of(1) }],
      ['document:updated', { session: 's', update: Uint8Array.of(2) }],
      ['message:changed', { message: messageOf({ copies: 2 }), isNew: true }],
    ])
  })

  test('A13 learns of a message that came and went meanwhile only that it went', async () => {
    const connection = connect()
    const { service, client, frames, settled } = connection
    await congest(connection)
    const before = frames.length
    service.events.emit('message:changed', { message: messageOf(), isNew: true })
    service.events.emit('message:deleted', { channel: 'channel-1', id: 'message-1' })
    client.send({ type: 'taken', frames: before })
    await settled()
    expect(eventsOf(frames.slice(before)).map(({ name }) => name)).toEqual(['message:deleted'])
  })

  test('A13 has no further call begun until it goes on', async () => {
    const connection = connect()
    const { service, client, frames, settled } = connection
    await congest(connection)
    client.send({ type: 'call', id: 1, name: 'peer.wake', parameters: {} })
    await settled()
    expect(service.calls).toHaveLength(0)
    client.send({ type: 'taken', frames: frames.length })
    await settled()
    expect(service.calls).toHaveLength(1)
    expect(frames.at(-1)).toEqual({ type: 'result', id: 1, value: undefined })
  })

  test('A14 is told to read anew what more was said about than it could be kept for', async () => {
    const connection = connect()
    const { service, client, server, frames, settled } = connection
    client.send({ type: 'call', id: 1, name: 'document.open', parameters: { document: 'd' } })
    await settled()
    const session = service.last('document.open').connection
    await congest(connection)
    const before = frames.length
    const update = (name: string): void => {
      session.emit('document:updated', { session: name, update: new Uint8Array(10_000) })
    }
    service.events.emit('documents:changed', {})
    for (let i = 0; i < MAX_HELD_EVENTS * 3; i++) {
      service.events.emit('message:changed', { message: messageOf({ id: `m${i}` }), isNew: true })
      if (i % 2 === 0) update('busy')
    }
    update('calm')
    client.send({ type: 'taken', frames: before })
    await settled()
    update('busy')
    update('calm')
    await settled()
    const told = eventsOf(frames.slice(before)).map(({ name, event }) => [
      name,
      (event as { session?: string }).session,
    ])
    expect(told).toEqual([
      ['documents:changed', undefined],
      ['messages:reset', undefined],
      ['document:reset', 'busy'],
      ['document:updated', 'calm'],
      ['document:updated', 'calm'],
    ])
    expect(server.closed.aborted).toBe(false)
  })

  test('A14 is ended when large answers pile up', async () => {
    const { service, client, server, frames } = connect()
    const update = new Uint8Array(30 * 1024 * 1024)
    service.handle('document.missing', () => ({ update }))
    for (let id = 1; id <= 5; id++) {
      client.send({
        type: 'call',
        id,
        name: 'document.missing',
        parameters: { session: 's', stateVector: new Uint8Array(0) },
      })
    }
    await eventually(() => frames.length > 0 && server.closed.aborted)
    expect(frames.filter(({ type }) => type === 'result')).toHaveLength(4)
    expect(frames.at(-1)).toMatchObject({ type: 'goodbye', code: 'TOO_SLOW' })
  })
})

describe('a client that asks for much at once', () => {
  test('A8 has its calls begun in order, a bounded number at once, and the rest refused', async () => {
    const { service, client, frames, settled } = connect()
    const releases: (() => void)[] = []
    service.handle('document.text', async () => {
      await new Promise<void>((resolve) => releases.push(resolve))
      return { text: '' }
    })
    const asked = MAX_RUNNING_CALLS + MAX_WAITING_CALLS + 3
    for (let id = 1; id <= asked; id++) {
      client.send({ type: 'call', id, name: 'document.text', parameters: { document: `d${id}` } })
    }
    await settled()
    expect(service.calls).toHaveLength(MAX_RUNNING_CALLS)
    expect(frames).toEqual(
      [2, 1, 0].map((last) => expect.objectContaining({ type: 'error', id: asked - last, code: 'BUSY' })),
    )
    for (const release of releases.splice(0)) release()
    await eventually(() => service.calls.length === 2 * MAX_RUNNING_CALLS)
    const documents = service.calls.map(({ parameters }) => (parameters as { document: string }).document)
    expect(documents).toEqual(documents.map((_, index) => `d${index + 1}`))
  })

  test('A8 is refused more than the peer keeps for it', async () => {
    const { service, client, frames, settled } = connect()
    service.handle('document.push', () => new Promise(() => undefined))
    const update = new Uint8Array(15 * 1024 * 1024)
    for (let id = 1; id <= 5; id++) {
      client.send({ type: 'call', id, name: 'document.push', parameters: { session: 's', update } })
    }
    await settled()
    expect(frames).toEqual([expect.objectContaining({ type: 'error', id: 5, code: 'BUSY' })])
  })

  test('A9 a call that is cancelled while it waits never begins', async () => {
    const { service, client, settled } = connect()
    const releases: (() => void)[] = []
    service.handle('document.text', async () => {
      await new Promise<void>((resolve) => releases.push(resolve))
      return { text: '' }
    })
    for (let id = 1; id <= MAX_RUNNING_CALLS + 2; id++) {
      client.send({ type: 'call', id, name: 'document.text', parameters: { document: `d${id}` } })
    }
    client.send({ type: 'cancel', id: MAX_RUNNING_CALLS + 1 })
    await settled()
    for (const release of releases.splice(0)) release()
    await eventually(() => service.calls.length === MAX_RUNNING_CALLS + 1)
    expect(service.last('document.text').parameters).toEqual({ document: `d${MAX_RUNNING_CALLS + 2}` })
  })
})
