import { describe, expect, test } from 'vitest'

import type { ChannelLog } from '../../renderer/state/channel-log.ts'
import { PeerModel } from '../../renderer/state/peer-model.ts'
import { eventually } from '../support/eventually.ts'
import { DemoClient } from './demo-client.ts'
import { DemoLink } from './demo-link.ts'
import { demoId, demoMessage, demoWorld } from './demo-world.ts'
import { withPage } from './page-globals.ts'

const CHANNEL = 'channel-general'

async function openLog(count = 3) {
  withPage()
  const world = demoWorld('busy')
  world.messages = Array.from({ length: count }, (_, index) =>
    demoMessage({ id: `m${index}`, text: `text ${index}`, at: 1_000_000 + index * 1000 }),
  )
  const client = new DemoClient(world)
  const link = new DemoLink(client)
  const model = new PeerModel(link)
  const log = model.logs.get(CHANNEL)
  await eventually(() => log.state.value.messages !== null, { what: 'the first page' })
  return { world, client, link, model, log }
}

const texts = (log: ChannelLog): readonly string[] => (log.state.value.messages ?? []).map((message) => message.text)

describe('a channel’s messages', () => {
  test('what comes is appended, what changes stays, what is deleted goes', async () => {
    const { client, log } = await openLog()
    client.receive(demoMessage({ id: 'new', text: 'new', at: 2_000_000 }))
    expect(texts(log)).toEqual(['text 0', 'text 1', 'text 2', 'new'])
    client.emit('message:changed', { message: demoMessage({ id: 'm1', text: 'edited', at: 1_001_000 }), isNew: false })
    client.emit('message:deleted', { channel: CHANNEL, id: 'm0' })
    client.emit('message:changed', { message: demoMessage({ id: 'x', text: 'x', channel: 'other' }), isNew: true })
    expect(texts(log)).toEqual(['edited', 'text 2', 'new'])
  })

  test('what comes late stands where the peer puts it', async () => {
    const { world, client, log } = await openLog()
    const late = demoMessage({ id: 'late', text: 'late', at: 1_000_500 })
    world.messages.splice(1, 0, late)
    client.emit('message:changed', { message: late, isNew: true })
    await eventually(() => texts(log)[1] === 'late')
  })

  test('older pages come on demand, until the beginning', async () => {
    const { log } = await openLog(150)
    expect(texts(log)).toHaveLength(60)
    expect(log.state.value.more).toBe(true)
    await log.loadOlder()
    await log.loadOlder()
    expect(texts(log)).toHaveLength(150)
    expect(texts(log)[0]).toBe('text 0')
    expect(log.state.value.more).toBe(false)
  })

  test('a message shows at once, and as saved only when the peer said so', async () => {
    const { world, log } = await openLog()
    world.delay = 20
    log.send('hello', null)
    expect(log.pending.value).toMatchObject([{ text: 'hello', state: { kind: 'saving' } }])
    await eventually(() => log.pending.value.length === 0)
    expect(texts(log).at(-1)).toBe('hello')
  })

  test('a message that was not saved is kept with the reason, and goes out when tried again', async () => {
    const { world, log } = await openLog()
    world.failing.set('message.send', 'The disk is full.')
    log.send('hello', 'm1')
    await eventually(() => log.pending.value[0]?.state.kind === 'failed')
    expect(log.pending.value[0]?.state).toEqual({ kind: 'failed', reason: 'The disk is full.' })
    world.failing.clear()
    log.retry(log.pending.value[0]?.key ?? '')
    await eventually(() => log.pending.value.length === 0)
    expect(world.messages.at(-1)).toMatchObject({ text: 'hello', replyTo: 'm1' })
  })

  test('a message whose answer was lost with the peer is not shown twice when it had arrived', async () => {
    const { world, link, log } = await openLog()
    world.delay = 5
    log.send('hello', null)
    link.lose()
    await eventually(() => log.pending.value[0]?.state.kind === 'failed')
    const at = (log.pending.value[0]?.at ?? 0) + 1
    world.messages.push(demoMessage({ id: 'arrived', text: 'hello', own: true, at }))
    link.open(new DemoClient(world))
    await eventually(() => log.pending.value.length === 0)
    expect(texts(log).filter((text) => text === 'hello')).toHaveLength(1)
  })

  test('without a peer nothing is sent, and nothing typed is lost', async () => {
    const { world, link, log } = await openLog()
    link.lose()
    log.send('hello', null)
    await eventually(() => log.pending.value[0]?.state.kind === 'waiting')
    link.open(new DemoClient(world))
    await eventually(() => texts(log).at(-1) === 'hello')
    expect(log.pending.value).toEqual([])
  })

  test('names who types until they have said it', async () => {
    const { client, log } = await openLog()
    client.emit('message:typing', { channel: CHANNEL, deviceId: demoId(2), name: 'bob' })
    client.emit('message:typing', { channel: CHANNEL, deviceId: demoId(4), name: 'carol' })
    expect(log.typing.names.value).toEqual(['bob', 'carol'])
    client.receive(demoMessage({ id: 'said', text: 'said', deviceId: demoId(2), at: 2_000_000 }))
    expect(log.typing.names.value).toEqual(['carol'])
    log.dispose()
  })

  test('after the peer was away the newest are read again', async () => {
    const { world, link, log } = await openLog()
    link.lose()
    world.messages.push(demoMessage({ id: 'meanwhile', text: 'meanwhile', at: 2_000_000 }))
    link.open(new DemoClient(world))
    await eventually(() => texts(log).at(-1) === 'meanwhile')
  })
})

test('what was not sent when the page was left is a draft again', async () => {
  const { window } = withPage()
  const model = new PeerModel(new DemoLink(null))
  model.drafts.set(CHANNEL, 'half a')
  model.logs.get(CHANNEL).send('not sent', null)
  await eventually(() => model.logs.get(CHANNEL).pending.value[0]?.state.kind === 'waiting')
  window.dispatchEvent(new Event('pagehide'))
  expect(new PeerModel(new DemoLink(null)).drafts.get(CHANNEL)).toBe('not sent\n\nhalf a')
})

test('drafts outlive the page', () => {
  const { window } = withPage()
  const before = new PeerModel(new DemoLink(null))
  before.drafts.set('general', 'not sent')
  window.dispatchEvent(new Event('pagehide'))
  const after = new PeerModel(new DemoLink(null))
  expect(after.drafts.get('general')).toBe('not sent')
  after.drafts.set('general', '')
  expect(after.drafts.get('general')).toBe('')
})
