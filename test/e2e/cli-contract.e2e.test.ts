import { describe, expect, onTestFinished, test } from 'vitest'

import type { ChannelSummary, DocumentSummary, Message } from '../../src/api/contract/index.ts'
import { eventually } from '../support/eventually.ts'
import type { Ready } from './murmuration.ts'
import { Machine, swarmOf } from './murmuration.ts'

type Created = { readonly id: string }
type Sent = { readonly id: string; readonly acknowledged: boolean }

describe('three headless peers, by the command line alone', () => {
  test('find each other by an invite, and say who is there and that everything is everywhere', async () => {
    const alice = await Machine.fresh('alice')
    const made = await alice.json<Record<string, string>>(['swarm', 'create', 'Studio Lisbon'])
    expect(Object.keys(made).sort()).toEqual(['invite', 'swarmId'])
    expect(made['invite']).toMatch(/^murmuration:\/\/join\/\S+$/)
    const { ready } = await alice.up()
    expect(ready).toMatchObject({ event: 'ready', ui: null })
    expect(ready.addresses[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
    expect(await alice.status()).toMatchObject({
      deviceId: ready.deviceId,
      name: 'alice',
      swarm: { swarmId: made['swarmId'], name: 'Studio Lisbon' },
      alone: true,
      synced: false,
    })

    const { invite } = await alice.json<{ invite: string }>(['invite'])
    const bob = await Machine.fresh('bob')
    expect(await bob.json(['join', invite])).toEqual({ swarmId: made['swarmId'], name: 'Studio Lisbon' })
    await bob.up()
    const carol = await Machine.fresh('carol')
    await carol.up()
    expect((await carol.status()).swarm).toBeNull()
    expect(await carol.json(['join', invite])).toEqual({ swarmId: made['swarmId'], name: 'Studio Lisbon' })

    for (const machine of [alice, bob, carol]) {
      const status = await machine.synced(3)
      expect(status).toMatchObject({ name: machine.name, synced: true, alone: false, notAsked: [] })
      expect(status.machines.map(({ name }) => name).sort()).toEqual(['alice', 'bob', 'carol'])
      expect(status.journal.entries).toBeGreaterThan(0)
    }
    await eventually(async () => (await alice.run(['status'])).stdout.includes('Everything is on all 3 machines.'))
  })

  test('share a document: what is written at one is read at the others, byte for byte', async () => {
    const { machines } = await swarmOf('alice', 'bob', 'carol')
    const [alice, bob, carol] = machines as [Machine, Machine, Machine]
    const { id } = await alice.json<Created>(['doc', 'create', 'Shopping list'])
    const text = 'grüße\r\n\ttabs, \u{1f426} birds, and no end of line'
    expect(await alice.json(['doc', 'write', id], { input: text })).toEqual({ id })
    await eventually(async () => (await bob.run(['doc', 'cat', id])).stdout === text)
    expect(await bob.json(['doc', 'append', id, '\nfrom', 'bob'])).toEqual({ id })
    await eventually(async () => (await carol.run(['doc', 'cat', id])).stdout === `${text}\nfrom bob`)
    await carol.json(['doc', 'write', id], { input: `${text}\nfrom carol` })
    await eventually(async () => (await alice.run(['doc', 'cat', id])).stdout === `${text}\nfrom carol`)

    const list = await carol.json<DocumentSummary[]>(['doc', 'list'])
    expect(list).toHaveLength(1)
    expect(list[0]).toMatchObject({ id, title: 'Shopping list', kind: 'text' })
    const rich = await bob.json<Created>(['doc', 'create', 'Minutes', '--kind', 'rich'])
    await eventually(async () => (await alice.json<unknown[]>(['doc', 'list'])).length === 2)
    await alice.json(['doc', 'delete', rich.id])
    await eventually(async () => (await bob.json<unknown[]>(['doc', 'list'])).length === 1)
    await bob.json(['doc', 'restore', rich.id])
    await eventually(async () => (await alice.json<unknown[]>(['doc', 'list'])).length === 2)
  })

  test('talk in a channel: acknowledged, in order, paged, and counted on every machine', async () => {
    const { machines } = await swarmOf('alice', 'bob', 'carol')
    const [alice, bob, carol] = machines as [Machine, Machine, Machine]
    await alice.json<Created>(['channel', 'create', 'general'])
    await eventually(async () => (await bob.json<ChannelSummary[]>(['channel', 'list']))[0]?.name === 'general')

    const following = bob.follow('general')
    const sent: Sent[] = []
    for (let i = 1; i <= 5; i++) sent.push(await alice.json<Sent>(['send', 'general', `message ${i}`]))
    expect(sent.every(({ acknowledged }) => acknowledged)).toBe(true)
    await following.value<Message>(({ text }) => text === 'message 5')
    expect((following.values as Message[]).map(({ text }) => text)).toEqual([1, 2, 3, 4, 5].map((i) => `message ${i}`))
    expect(await following.end('SIGINT')).toEqual({ code: 0, signal: null })

    const page = await eventually(async () => {
      const messages = await carol.json<Message[]>(['read', 'general'])
      return messages.length === 5 && messages.every(({ copies }) => copies === 3) ? messages : null
    })
    expect(page.map(({ id }) => id)).toEqual(sent.map(({ id }) => id))
    expect(page[0]).toMatchObject({ author: 'alice', text: 'message 1', machines: 3, notOn: [] })
    const before = await carol.json<Message[]>(['read', 'general', '--limit', '2', '--before', sent[3]?.id ?? ''])
    expect(before.map(({ text }) => text)).toEqual(['message 2', 'message 3'])

    const piped = await carol.json<Sent>(['send', 'general', '-'], { input: 'from a pipe' })
    await eventually(async () => (await alice.json<Message[]>(['read', 'general', '--limit', '1']))[0]?.id === piped.id)
  })

  test('stop and start again with everything there, in step again by themselves', async () => {
    const { machines, peers } = await swarmOf('alice', 'bob')
    const [alice, bob] = machines as [Machine, Machine]
    const { id } = await alice.json<Created>(['doc', 'create', 'Notes'])
    expect(await bob.json(['stop'])).toEqual({ stopped: true })
    await alice.json(['doc', 'append', id, 'while bob was away'])
    const again = await bob.up()
    expect(await peers[1]?.process.exited).toEqual({ code: 0, signal: null })
    expect(again.ready.deviceId).toBe(peers[1]?.ready.deviceId)
    await bob.synced(2)
    expect((await bob.run(['doc', 'cat', id])).stdout).toBe('while bob was away')
    expect(await again.process.end('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(await peers[0]?.process.end('SIGINT')).toEqual({ code: 0, signal: null })
  })

  test('start in the background, so that the next line of a script finds them', async () => {
    const alice = await Machine.fresh('alice')
    await alice.json(['swarm', 'create', 'Studio Lisbon'])
    onTestFinished(async () => {
      await alice.run(['stop'])
    })
    const args = ['--detach', '--name', 'alice', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
    const ready = await alice.json<Ready>(['up', ...args])
    expect((await alice.status()).deviceId).toBe(ready.deviceId)
    const second = await alice.run(['up', ...args])
    expect(second).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(alice.folder) })
    expect(second.stderr.trimEnd()).not.toContain('\n')
    expect((await alice.run(['stop'])).status).toBe(0)
    expect((await alice.run(['status'])).stderr).toContain('No Murmuration is running')
    await alice.up()
  })

  test('lose nothing that was acknowledged when one is killed, which starts again on the same folder', async () => {
    const { machines, peers } = await swarmOf('alice', 'bob')
    const [alice, bob] = machines as [Machine, Machine]
    await alice.json(['channel', 'create', 'general'])
    const { id } = await alice.json<Sent>(['send', 'general', 'just before'])
    await peers[0]?.process.kill9()
    const none = await alice.run(['status'])
    expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining('No Murmuration is running') })
    await alice.up()
    expect((await alice.json<Message[]>(['read', 'general'])).map((message) => message.id)).toEqual([id])
    await bob.synced(2)
    expect((await bob.json<Message[]>(['read', 'general'])).map((message) => message.id)).toEqual([id])
  })
})
