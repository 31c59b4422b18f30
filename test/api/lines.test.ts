import { describe, expect, test } from 'vitest'

import { createApiClient } from '../../src/api/client/index.ts'
import { AbortedError, InvalidInputError, MurmurationError } from '../../src/base/errors.ts'
import { serveApi } from '../../src/api/server/serve-api.ts'
import { eventually } from '../support/eventually.ts'
import { FakeService, messageOf, statusOf } from './fake-service.ts'
import { LINES } from './lines.ts'

/** What holds on every kind of channel alike. */
describe.each(Object.entries(LINES))('over a %s', (_name, makeLine) => {
  async function connect() {
    const line = await makeLine()
    const service = new FakeService()
    const served = serveApi(service, line.server)
    const client = createApiClient(line.client)
    return { line, service, served, client }
  }

  test('A5 a call gets its result, byte strings and absent values included', async () => {
    const { service, client } = await connect()
    service.handle('document.missing', ({ parameters }) => ({ update: parameters.stateVector.map((byte) => byte + 1) }))
    const result = await client.call('document.missing', { session: 's', stateVector: Uint8Array.of(1, 2, 3) })
    expect(result.update).toEqual(Uint8Array.of(2, 3, 4))
    expect(await client.call('document.close', { session: 's' })).toBeUndefined()
    service.handle('peer.status', () => statusOf({ swarm: null }))
    expect(await client.call('peer.status', {})).toEqual(statusOf({ swarm: null }))
  })

  test('A5 calls that end in another order get their own results', async () => {
    const { service, client } = await connect()
    const releases: (() => void)[] = []
    service.handle('document.text', async ({ parameters }) => {
      await new Promise<void>((resolve) => releases.push(resolve))
      return { text: `text of ${parameters.document}` }
    })
    const first = client.call('document.text', { document: 'one' })
    const second = client.call('document.text', { document: 'two' })
    await eventually(() => releases.length === 2)
    releases[1]?.()
    expect(await second).toEqual({ text: 'text of two' })
    releases[0]?.()
    expect(await first).toEqual({ text: 'text of one' })
  })

  test('A6 parameters reach the peer validated and trimmed, and bad ones do not reach it', async () => {
    const { service, client } = await connect()
    await client.call('channel.create', { name: '  general ' })
    expect(service.last('channel.create').parameters).toEqual({ name: 'general' })
    await expect(client.call('channel.create', { name: '   ' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'channel.create: "name" is empty',
    })
    await expect(client.call('peer.status', { extra: 1 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(client.call('toString' as never, {} as never)).rejects.toMatchObject({ code: 'UNKNOWN_CALL' })
    await expect(client.call('__proto__' as never, {} as never)).rejects.toMatchObject({ code: 'UNKNOWN_CALL' })
    expect(service.calls).toHaveLength(1)
  })

  test('A7 a failure arrives as code and message alone', async () => {
    const { service, client } = await connect()
    service.handle('swarm.join', () => {
      throw new MurmurationError('NO_SUCH_SWARM', 'Nobody answered.', { cause: new Error('secret') })
    })
    const failure: unknown = await client.call('swarm.join', { invite: 'x' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'ApiError', code: 'NO_SUCH_SWARM', message: 'Nobody answered.' })
    expect((failure as Error).cause).toBeUndefined()
    service.handle('swarm.join', () => {
      throw Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    })
    await expect(client.call('swarm.join', { invite: 'x' })).rejects.toMatchObject({
      code: 'ENOSPC',
      message: 'Something went wrong inside the peer: disk full. Its log says more.',
    })
    service.handle('swarm.join', () => {
      throw new InvalidInputError('not an invite')
    })
    await expect(client.call('swarm.join', { invite: 'x' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('A9 a cancelled call rejects at once, fires its signal in the peer, and others go on', async () => {
    const { service, client } = await connect()
    service.handle('swarm.join', () => new Promise(() => undefined))
    const controller = new AbortController()
    const joining = client.call('swarm.join', { invite: 'x' }, { signal: controller.signal })
    const call = await eventually(() => service.calls[0])
    expect(call.signal.aborted).toBe(false)
    controller.abort()
    await expect(joining).rejects.toBeInstanceOf(AbortedError)
    await eventually(() => call.signal.aborted)
    expect(await client.call('channel.delete', { channel: 'c' })).toBeUndefined()
    await expect(client.call('swarm.join', { invite: 'x' }, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      AbortedError,
    )
  })

  test('A11 a short view into a long buffer arrives as those bytes alone', async () => {
    const { service, client } = await connect()
    const memory = new Uint8Array(100_000).fill(7)
    service.handle('document.missing', () => ({ update: memory.subarray(500, 504) }))
    const { update } = await client.call('document.missing', { session: 's', stateVector: memory.subarray(3, 5) })
    expect(update).toEqual(Uint8Array.of(7, 7, 7, 7))
    expect(service.last('document.missing').parameters.stateVector).toEqual(Uint8Array.of(7, 7))
  })

  test('A12 everybody hears of the swarm, and a session of its own connection alone', async () => {
    const { service, client } = await connect()
    const other = await makeLine()
    serveApi(service, other.server)
    const otherClient = createApiClient(other.client)
    await client.call('document.open', { document: 'd' })
    const own = service.last('document.open').connection
    await otherClient.call('peer.wake', {})
    const heard: string[] = []
    client.on('document:updated', ({ session, update }) => heard.push(`own ${session} ${update.length}`))
    otherClient.on('document:updated', () => heard.push('other'))
    client.on('message:changed', ({ message }) => heard.push(`own ${message.text}`))
    otherClient.on('message:changed', ({ message }) => heard.push(`other ${message.text}`))
    own.emit('document:updated', { session: 's', update: Uint8Array.of(1, 2) })
    service.events.emit('message:changed', { message: messageOf(), isNew: true })
    await eventually(() => heard.length >= 3)
    expect(heard.sort()).toEqual(['other hello', 'own hello', 'own s 2'])
  })

  test('A3 when the peer ends the connection, pending and later calls reject with PEER_GONE and its reason', async () => {
    const { service, client, served } = await connect()
    service.handle('swarm.join', () => new Promise(() => undefined))
    const joining = client.call('swarm.join', { invite: 'x' })
    const call = await eventually(() => service.calls[0])
    served.dispose()
    await expect(joining).rejects.toMatchObject({ code: 'PEER_GONE', message: 'The peer has been stopped.' })
    await expect(client.call('peer.status', {})).rejects.toMatchObject({ code: 'PEER_GONE' })
    expect(client.closed.aborted).toBe(true)
    expect(call.signal.aborted).toBe(true)
    expect(call.connection.closed.aborted).toBe(true)
  })

  test('A3 when the client goes, what it asked for is told so and its subscriptions end', async () => {
    const { service, client } = await connect()
    service.handle('document.open', () => new Promise(() => undefined))
    const opening = client.call('document.open', { document: 'd' })
    const call = await eventually(() => service.calls[0])
    client.dispose()
    await expect(opening).rejects.toMatchObject({ code: 'PEER_GONE' })
    await eventually(() => call.connection.closed.aborted && call.signal.aborted)
    call.connection.emit('document:reset', { session: 's', reason: 'late' })
    service.events.emit('documents:changed', {})
  })

  test('A2 a client of another version is told so', async () => {
    const { line, service } = await connect()
    const other = await makeLine()
    serveApi(service, other.server)
    const frames: unknown[] = []
    other.client.receive((frame) => frames.push(frame))
    other.client.send({ type: 'hello', protocol: 99 })
    await eventually(() => frames.length === 1)
    expect(frames[0]).toMatchObject({ type: 'goodbye', code: 'OTHER_VERSION' })
    await eventually(() => other.server.closed.aborted)
    expect(line.server.closed.aborted).toBe(false)
  })
})
