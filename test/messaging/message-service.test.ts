import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { MAX_TEXT_BYTES, MAX_UNREAD } from '../../src/messaging/index.ts'
import type { Machine } from './driver.ts'
import { Machines, NOW } from './driver.ts'

let machines: Machines
let alice: Machine
let bob: Machine

beforeEach(async () => {
  machines = new Machines()
  alice = await machines.add('alice')
  bob = await machines.add('bob')
})

afterEach(async () => {
  await machines.stop()
})

describe('M6 channels', () => {
  test('M6 a channel is made once, and the second time it is said that there is one', async () => {
    await alice.messages.createChannel('  #general ')
    expect((await alice.messages.listChannels()).map(({ name }) => name)).toEqual(['general'])
    await expect(alice.messages.createChannel('general')).rejects.toMatchObject({ code: 'CHANNEL_EXISTS' })
    const twice = [alice.messages.createChannel('new'), alice.messages.createChannel('new')]
    expect((await Promise.allSettled(twice)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })

  test('M6 two channels made apart under one name both stay, and each can be written to', async () => {
    await alice.messages.createChannel('general')
    await bob.messages.createChannel('general')
    await machines.settle()
    const labels = (await alice.messages.listChannels()).map(({ label }) => label)
    expect(new Set(labels).size).toBe(2)
    await expect(alice.messages.post('general', 'hi')).rejects.toMatchObject({ code: 'CHANNEL_AMBIGUOUS' })
    await alice.messages.post(labels[1] ?? '', 'hi')
    await machines.settle()
    expect(await bob.texts(labels[1] ?? '')).toEqual(['hi'])
    expect(await bob.texts(labels[0] ?? '')).toEqual([])
  })

  test('M6 a channel that was deleted is not found, and a later name brings it back with its messages', async () => {
    const { id } = await alice.messages.createChannel('general')
    await alice.messages.post('general', 'kept')
    await machines.settle()
    await bob.messages.deleteChannel('general')
    await alice.catchUp({ bytes: () => new Uint8Array(), float: () => 0, below: () => 0 })
    await expect(alice.messages.read(id)).rejects.toMatchObject({ code: 'CHANNEL_NOT_FOUND' })
    expect(await alice.messages.listChannels()).toEqual([])
    expect((await alice.messages.createChannel('general')).id).not.toBe(id)
  })

  test.each(['', '   ', '#', 'a\nb', 'a\u0000', 'x'.repeat(201)])('M6 %j is no name', async (name) => {
    await expect(alice.messages.createChannel(name)).rejects.toMatchObject({ code: 'CHANNEL_NAME_INVALID' })
  })

  test('M6 renaming to the name of another channel is refused', async () => {
    await alice.messages.createChannel('a')
    await alice.messages.createChannel('b')
    await expect(alice.messages.renameChannel('a', 'b')).rejects.toMatchObject({ code: 'CHANNEL_EXISTS' })
    await alice.messages.renameChannel('a', 'a')
    await alice.messages.renameChannel('a', 'c')
    expect((await alice.messages.listChannels()).map(({ name }) => name)).toEqual(['b', 'c'])
  })
})

describe('M7 posting', () => {
  test('M7 a message of 1 MB is refused with the limit and the way out', async () => {
    await alice.messages.createChannel('general')
    await expect(alice.messages.post('general', 'x'.repeat(1024 * 1024))).rejects.toThrow(
      'The message has 1,024 KB, and 32 KB is the most. Put it into a document',
    )
    await alice.messages.post('general', 'x'.repeat(MAX_TEXT_BYTES))
  })

  test('M7 line ends of other systems become plain ones, and a byte order mark goes', async () => {
    await alice.messages.createChannel('general')
    await alice.messages.post('general', '\uFEFFa\r\nb\rc')
    expect(await alice.texts('general')).toEqual(['a\nb\nc'])
  })

  test.each(['', ' \n\t', 'a\u001b[0m', '\uD800'])('M7 %j is refused', async (text) => {
    await alice.messages.createChannel('general')
    await expect(alice.messages.post('general', text)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' })
    expect(machines.written).toHaveLength(1)
  })

  test('M7 an answer names a message of the same channel', async () => {
    await alice.messages.createChannel('a')
    await alice.messages.createChannel('b')
    const { id } = await alice.messages.post('a', 'question')
    await alice.messages.post('a', 'answer', { replyTo: id, mentions: [bob.device] })
    await expect(alice.messages.post('b', 'answer', { replyTo: id })).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    })
    await machines.settle()
    expect((await bob.messages.read('a')).messages[1]).toMatchObject({ replyTo: id, mentions: [bob.device] })
  })

  test('M7 a channel that is not there is told with the nearest', async () => {
    await alice.messages.createChannel('general')
    await expect(alice.messages.post('genral', 'hi')).rejects.toThrow('Did you mean "general"?')
  })
})

describe('M8 one’s own messages', () => {
  test('M8 only the author edits and deletes', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'mine')
    await machines.settle()
    await expect(bob.messages.edit(id, 'ours')).rejects.toMatchObject({ code: 'NOT_AUTHOR' })
    await expect(bob.messages.delete(id)).rejects.toMatchObject({ code: 'NOT_AUTHOR' })
  })

  test('M8 what changes nothing writes nothing', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'mine')
    await alice.messages.react(id, { emoji: '👍', on: true })
    const before = machines.written.length
    await alice.messages.edit(id, 'mine')
    await alice.messages.react(id, { emoji: '👍', on: true })
    await alice.messages.react(id, { emoji: '🎉', on: false })
    expect(machines.written).toHaveLength(before)
  })

  test('M8 a message that is not there cannot be edited, deleted or reacted to', async () => {
    const id = 'A'.repeat(22)
    await expect(alice.messages.edit(id, 'x')).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(alice.messages.delete(id)).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(alice.messages.react(id, { emoji: '👍', on: true })).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    })
    await expect(alice.messages.find('no id')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('M9 reactions', () => {
  test('M9 reactions are counted by device and can be taken back', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'news')
    await machines.settle()
    await alice.messages.react(id, { emoji: '🎉', on: true })
    await bob.messages.react(id, { emoji: '👍', on: true })
    await machines.settle()
    await alice.messages.react(id, { emoji: '👍', on: true })
    await alice.messages.react(id, { emoji: '🎉', on: false })
    await machines.settle()
    expect((await bob.messages.find(id))?.reactions).toEqual([{ emoji: '👍', by: [alice.device, bob.device].sort() }])
  })

  test.each(['', 'a b', 'x'.repeat(65), '\n'])('M9 %j is no reaction', async (emoji) => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'news')
    await expect(alice.messages.react(id, { emoji, on: true })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' })
  })
})

describe('M13 copies', () => {
  test('M13 a message tells on how many machines it is, from what the journal knows', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'hi')
    expect(await alice.messages.find(id)).toMatchObject({ copies: 1, machines: 2, holders: [alice.device], own: true })
    await machines.settle()
    expect(await bob.messages.find(id)).toMatchObject({ copies: 2, machines: 2, own: false })
  })
})

describe('M15 unread messages', () => {
  test('M15 others’ messages are unread until marked, and marks only move forward', async () => {
    await alice.messages.createChannel('general')
    const ids = []
    for (let i = 0; i < 3; i++) ids.push((await alice.messages.post('general', `${i}`)).id)
    await machines.settle()
    const unread = async (machine: Machine): Promise<number | undefined> =>
      (await machine.messages.listChannels())[0]?.unread
    expect(await unread(alice)).toBe(0)
    expect(await unread(bob)).toBe(3)
    await bob.messages.markRead('general', ids[1] ?? '')
    expect(await unread(bob)).toBe(1)
    await bob.messages.markRead('general', ids[0] ?? '')
    expect(await unread(bob)).toBe(1)
    await bob.rebuild()
    expect(await unread(bob)).toBe(1)
    await alice.messages.delete(ids[2] ?? '')
    await machines.settle()
    expect(await unread(bob)).toBe(0)
  })

  test('M15 counting ends at the bound', async () => {
    await alice.messages.createChannel('general')
    await Promise.all(Array.from({ length: MAX_UNREAD + 20 }, () => alice.messages.post('general', 'x')))
    await bob.apply(machines.written)
    expect((await bob.messages.listChannels())[0]).toMatchObject({
      unread: MAX_UNREAD,
      messages: MAX_UNREAD + 20,
      lastAt: NOW,
    })
  })
})
