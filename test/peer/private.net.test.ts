import { describe, expect, test } from 'vitest'

import { eventuallyPasses } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { localPeer } from './local-peer.ts'
import type { LocalPeer } from './local-peer.ts'

interface Machine extends LocalPeer {
  readonly name: string
  readonly folder: string
}

async function started(name: string, folder?: string): Promise<Machine> {
  const dataDirectory = folder ?? (await temporaryFolder())
  const peer = await localPeer({ dataDirectory, machineName: `${name}'s laptop` })
  await peer.client.call('settings.set', { personName: name })
  return { ...peer, name, folder: dataDirectory }
}

/** People of one swarm, everybody connected to everybody. */
async function people<Names extends readonly string[]>(...names: Names): Promise<{ [K in keyof Names]: Machine }> {
  const machines: Machine[] = []
  for (const name of names) machines.push(await started(name))
  const [first, ...others] = machines
  await first?.client.call('swarm.create', { name: 'Studio' })
  for (const other of others) {
    const made = await first?.client.call('invite.create', {})
    await other.client.call('swarm.join', { invite: made?.link ?? '' })
  }
  for (const machine of machines) {
    await eventuallyPasses(async () => {
      const { machines: seen } = await machine.client.call('peer.status', {})
      expect(seen.filter(({ connection }) => connection !== null)).toHaveLength(names.length - 1)
    })
  }
  return machines as { [K in keyof Names]: Machine }
}

const channels = async ({ client }: Machine): Promise<readonly string[]> =>
  (await client.call('channel.list', {})).map(
    ({ kind, name, people: inIt }) => `${kind} ${name}: ${inIt.map((one) => one.name).join(' ')}`,
  )

const texts = async ({ client }: Machine, channel: string): Promise<readonly string[]> =>
  (await client.call('message.read', { channel })).messages.map(({ author, text }) => `${author}: ${text}`)

describe('direct messages', () => {
  test('reach the other person and nobody else, whoever begins', async () => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol')
    const mine = await alice.client.call('channel.direct', { people: ['bob'] })
    const theirs = await bob.client.call('channel.direct', { people: ['alice'] })
    expect(mine).toEqual(theirs)
    await alice.client.call('message.send', { channel: mine.id, text: 'between us' })
    await eventuallyPasses(async () => expect(await texts(bob, mine.id)).toEqual(['alice: between us']))
    await bob.client.call('message.send', { channel: '@alice', text: 'yes' })
    await eventuallyPasses(async () => expect(await texts(alice, '@bob')).toEqual(['alice: between us', 'bob: yes']))
    expect(await channels(alice)).toEqual(['direct bob: alice bob'])
    expect(await channels(bob)).toEqual(['direct alice: bob alice'])
    expect(await channels(carol)).toEqual([])
    const [first] = (await alice.client.call('message.read', { channel: mine.id })).messages
    await eventuallyPasses(async () => {
      const [message] = (await alice.client.call('message.read', { channel: mine.id })).messages
      expect(message).toMatchObject({ id: first?.id, machines: 2, copies: 2, notOn: [] })
    })
  })

  test('are there after a restart of both', async () => {
    const [alice, bob] = await people('alice', 'bob')
    const { id } = await alice.client.call('channel.direct', { people: ['bob'] })
    await alice.client.call('message.send', { channel: id, text: 'one' })
    await eventuallyPasses(async () => expect(await texts(bob, id)).toEqual(['alice: one']))
    await alice.stop()
    await bob.stop()
    const [again, bobAgain] = [await started('alice', alice.folder), await started('bob', bob.folder)]
    await bobAgain.client.call('message.send', { channel: '@alice', text: 'two' })
    await eventuallyPasses(async () => expect(await texts(again, id)).toEqual(['alice: one', 'bob: two']))
  })
})

describe('private channels', () => {
  test('people are added, see what was said, and are removed', async () => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol')
    const { id } = await alice.client.call('channel.create', { name: 'surprise', people: ['bob'] })
    await alice.client.call('message.send', { channel: 'surprise', text: 'a cake' })
    await eventuallyPasses(async () => expect(await texts(bob, 'surprise')).toEqual(['alice: a cake']))
    expect(await channels(carol)).toEqual([])
    await bob.client.call('channel.add', { channel: 'surprise', person: 'carol' })
    await eventuallyPasses(async () => expect(await texts(carol, 'surprise')).toEqual(['alice: a cake']))
    await expect(bob.client.call('channel.remove', { channel: id, person: 'carol' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await alice.client.call('channel.remove', { channel: id, person: 'carol' })
    await eventuallyPasses(async () =>
      expect((await carol.client.call('channel.list', {})).map(({ may }) => may.write)).toEqual([false]),
    )
    // who has not heard of it yet serves her still
    await eventuallyPasses(async () => expect(await channels(bob)).toEqual(['private surprise: bob alice']))
    await alice.client.call('message.send', { channel: 'surprise', text: 'without her' })
    await eventuallyPasses(async () =>
      expect(await texts(bob, 'surprise')).toEqual(['alice: a cake', 'alice: without her']),
    )
    expect(await texts(carol, id)).toEqual(['alice: a cake'])
    await bob.client.call('channel.leave', { channel: id })
    expect(await channels(bob)).toEqual([])
    await eventuallyPasses(async () => expect(await channels(alice)).toEqual(['private surprise: alice']))
  })
})
