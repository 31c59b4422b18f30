import { describe, expect, test } from 'vitest'

import { channelOf } from '../api/fake-service.ts'
import { NOW, machineWithPeer } from './harness.ts'

const alice = { personId: 'a', name: 'Alice' }
const bob = { personId: 'b', name: 'Bob' }
const carol = { personId: 'c', name: 'Carol' }

describe('channel list', () => {
  test('says whom each conversation is for, once there is a private one', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('channel.list', () => [
      channelOf({ name: 'general', lastAt: NOW - 60_000 }),
      channelOf({ id: '2', name: 'surprise', kind: 'private', people: [alice, bob], unread: 3 }),
      channelOf({
        id: '3',
        name: 'old plans',
        kind: 'private',
        people: [bob],
        may: { write: false, add: false, remove: false, leave: false },
      }),
      channelOf({ id: '4', name: 'Bob, Carol', kind: 'direct', people: [alice, bob, carol] }),
    ])
    expect((await machine.run(['channel', 'list'])).stdout).toBe(
      [
        'CHANNEL     UNREAD  NEWEST           FOR',
        'general             1 min ago        everybody',
        'surprise    3       no messages yet  private: Alice, Bob',
        'old plans           no messages yet  private: Bob (you are not in it any more)',
        '@Bob,Carol          no messages yet  direct',
        '',
      ].join('\n'),
    )
  })
})

describe('send', () => {
  test.each([
    ['@Bob', ['Bob']],
    ['@Bob, Carol Ann', ['Bob', 'Carol Ann']],
  ])('to %j opens the conversation with them first', async (to, people) => {
    const { machine, service } = machineWithPeer()
    service.handle('channel.direct', () => ({ id: 'direct' }))
    service.handle('message.send', () => ({ id: 'm', acknowledged: true }))
    expect(await machine.run(['send', to, 'hello'])).toMatchObject({ status: 0, stdout: 'Sent.\n' })
    expect(service.last('channel.direct').parameters).toEqual({ people })
    expect(service.last('message.send').parameters).toEqual({ channel: 'direct', text: 'hello' })
  })

  test('to a lonely @ is to a channel of that name', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('message.send', () => ({ id: 'm', acknowledged: true }))
    await machine.run(['send', '@', 'hello'])
    expect(service.calls.map(({ name }) => name)).toEqual(['message.send'])
  })
})

describe('read', () => {
  test('begins no conversation: the others would learn of it', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('message.read', () => ({ channel: 'direct', messages: [], more: false }))
    await machine.run(['read', '@Bob'])
    expect(service.calls.map(({ name }) => name)).toEqual(['message.read'])
    expect(service.last('message.read').parameters).toMatchObject({ channel: '@Bob' })
  })
})

describe('private channels', () => {
  test('are made with the people that are named, which is said', async () => {
    const { machine, service } = machineWithPeer()
    service.handle('channel.create', () => ({ id: 'c' }))
    const { stdout } = await machine.run(['channel', 'create', 'surprise', '--with', 'Bob', 'Carol'])
    expect(stdout).toBe(
      'The private channel surprise is made. What is written there goes to you, Bob and Carol only.\n',
    )
  })

  test('are left only after yes', async () => {
    const { machine, service } = machineWithPeer()
    const no = await machine.run(['channel', 'leave', 'surprise'], { tty: true, typed: 'n\n' })
    expect(no).toMatchObject({ status: 1 })
    expect(no.stderr).toContain('somebody who is in it has to add you')
    expect(service.calls).toEqual([])
    const yes = await machine.run(['channel', 'leave', 'surprise'], { tty: true, typed: 'y\n' })
    expect(yes).toMatchObject({ status: 0, stdout: 'You have left surprise.\n' })
    expect(service.last('channel.leave').parameters).toEqual({ channel: 'surprise' })
  })

  test.each(['create', 'list', 'add', 'remove', 'leave'])('channel %s --help shows an example', async (command) => {
    const { machine } = machineWithPeer()
    const { status, stdout } = await machine.run(['channel', command, '--help'])
    expect(status).toBe(0)
    expect(stdout).toContain(`$ murmuration channel ${command}`)
  })
})
