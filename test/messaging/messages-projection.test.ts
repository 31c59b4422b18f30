import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { encodeCbor } from '../../src/base/cbor.ts'
import type { Random } from '../../src/base/random.ts'
import { pick, seededRandom } from '../../src/base/random.ts'
import { encodeBody } from '../../src/messaging/bodies.ts'
import { MAX_TIME } from '../../src/messaging/constants.ts'
import type { Machine } from './driver.ts'
import { deviceOf, entryOf, FakeWall, Machines, NOW } from './driver.ts'

const MINUTE = 60_000
const YEAR = 365 * 24 * 60 * MINUTE

let machines: Machines
let alice: Machine
let bob: Machine
let carol: Machine

beforeEach(async () => {
  machines = new Machines()
  alice = await machines.add('alice')
  bob = await machines.add('bob')
  carol = await machines.add('carol')
})

afterEach(async () => {
  await machines.stop()
})

/** One random step of one machine: anything that people do. */
async function act(machine: Machine, random: Random): Promise<void> {
  const channels = await machine.messages.listChannels()
  if (channels.length === 0 || random.float() < 0.05) {
    const name = `c${random.below(3)}`
    if (!channels.some((channel) => channel.name === name)) await machine.messages.createChannel(name)
    return
  }
  const channel = pick(random, channels)
  const { messages } = await machine.messages.read(channel.id, { limit: 500 })
  const draw = random.float()
  if (messages.length === 0 || draw < 0.4) {
    await machine.messages.post(channel.id, `text ${random.below(1e9)}`)
    return
  }
  const message = pick(random, messages)
  const own = messages.filter((other) => other.own)
  if (draw < 0.6) {
    await machine.messages.react(message.id, { emoji: pick(random, ['👍', '🎉']), on: random.float() < 0.7 })
  } else if (draw < 0.75 && own.length > 0) {
    await machine.messages.edit(pick(random, own).id, `edited ${random.below(1e9)}`)
  } else if (draw < 0.85 && own.length > 0) {
    await machine.messages.delete(pick(random, own).id)
  } else if (draw < 0.93) {
    const name = `r${random.below(1e9)}`
    await machine.messages.renameChannel(channel.id, name)
  } else if (draw < 0.95) {
    await machine.messages.deleteChannel(channel.id)
  } else {
    await machine.writeAnew(random)
  }
}

describe('M5 one state for all', () => {
  test('M5 any order of arrival, with doubles, and clocks off by years give everybody the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seededRandom(seed)
        const swarm = new Machines()
        for (const name of ['alice', 'bob', 'carol']) {
          const off = random.float() < 0.5 ? 0 : (random.float() - 0.5) * 6 * YEAR
          await swarm.add(name, { wall: new FakeWall(Math.floor(NOW + off)) })
        }
        for (let step = 0; step < 60; step++) {
          const machine = pick(random, swarm.all)
          machine.wall.time += random.below(2) * random.below(30_000)
          if (random.float() < 0.35) await machine.catchUp(random, 1 + random.below(20))
          else await act(machine, random)
        }
        await swarm.settle(random)
        const late = await swarm.add('dave')
        await late.catchUp(random)
        const [first, ...others] = await Promise.all(swarm.all.map(async (machine) => await machine.shown()))
        for (const other of others) expect(other).toEqual(first)
        await late.rebuild()
        expect(await late.shown()).toEqual(first)
        await swarm.stop()
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('M5 a body that is written anew shows once, keeps its id, and is found where it was written last', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'hello')
    await bob.messages.createChannel('other')
    await alice.writeAnew({ ...seededRandom(1), float: () => 0 })
    await machines.settle()
    for (const machine of machines.all) {
      const { messages } = await machine.messages.read('general')
      expect(messages.map((message) => message.id)).toEqual([id])
      const general = (await machine.messages.listChannels()).find(({ name }) => name === 'general')
      expect(general?.messages).toBe(1)
    }
  })

  test('M2 nobody can take the id of another: the same body of another device is another message', async () => {
    await alice.messages.createChannel('general')
    await alice.messages.post('general', 'mine')
    await machines.settle()
    const [stolen] = machines.written.filter(({ entry }) => entry.kind === 'message.post')
    await bob.append([{ kind: 'message.post', body: stolen?.entry.body ?? new Uint8Array() }])
    await machines.settle()
    const { messages } = await carol.messages.read('general')
    expect(messages.map(({ device }) => device).sort()).toEqual([alice.device, bob.device].sort())
    expect(new Set(messages.map(({ id }) => id)).size).toBe(2)
  })

  test('M1 entries that are void are passed over', async () => {
    await alice.messages.createChannel('general')
    await alice.append([
      { kind: 'message.post', body: new Uint8Array([1, 2, 3]) },
      { kind: 'message.post', body: encodeCbor({ text: 'no clock' }) },
    ])
    await alice.messages.post('general', 'fine')
    expect(await alice.texts('general')).toEqual(['fine'])
  })

  test('M1 a message in a members journal is void', async () => {
    const { id: channel } = await alice.messages.createChannel('general')
    const body = encodeBody({
      kind: 'message.post',
      nonce: new Uint8Array(16),
      clock: { time: NOW, count: 0 },
      at: NOW,
      channel,
      text: 'hidden',
      mentions: [],
    })
    const entry = entryOf({ device: bob.device, sequence: 1, lamport: 9, kind: 'message.post', body })
    await alice.apply([{ entry: { ...entry, journal: { ...entry.journal, kind: 'members' } } }])
    expect(await alice.texts('general')).toEqual([])
    await alice.apply([{ entry }])
    expect(await alice.texts('general')).toEqual(['hidden'])
  })
})

describe('M4 order', () => {
  test('M4 an answer stands after what it answers, though its author has a clock that is years behind', async () => {
    bob.wall.time = NOW - 3 * YEAR
    await alice.messages.createChannel('general')
    await alice.messages.post('general', 'question')
    await machines.settle()
    await bob.messages.post('general', 'answer')
    await machines.settle()
    await alice.messages.post('general', 'thanks')
    expect(await alice.texts('general')).toEqual(['question', 'answer', 'thanks'])
  })

  test('M4 messages written at once stand in the order in which they were posted', async () => {
    await alice.messages.createChannel('general')
    const posts = Array.from({ length: 200 }, (_, i) => alice.messages.post('general', `${i}`))
    await Promise.all(posts)
    expect(await alice.texts('general')).toEqual(posts.map((_, i) => `${i}`))
  })

  test('M11 a clock years ahead keeps its own date, and nobody else gets it', async () => {
    bob.wall.time = NOW + 5 * YEAR
    await alice.messages.createChannel('general')
    await machines.settle()
    await bob.messages.post('general', 'from the future')
    await machines.settle()
    alice.wall.time += MINUTE
    await alice.messages.post('general', 'honest')
    await carol.catchUp(seededRandom(1))
    const { messages } = await carol.messages.read('general')
    expect(messages.map(({ text, at, clockOff }) => [text, at, clockOff])).toEqual([
      ['from the future', NOW + 5 * YEAR, true],
      ['honest', NOW + MINUTE, false],
    ])
  })

  test('M3 a clock at the very end of time leaves room for those who come after', async () => {
    bob.wall.time = MAX_TIME
    await alice.messages.createChannel('general')
    await machines.settle()
    await bob.messages.post('general', 'end')
    await machines.settle()
    for (let i = 0; i < 5; i++) await alice.messages.post('general', `after ${i}`)
    expect(await alice.texts('general')).toEqual(['end', 'after 0', 'after 1', 'after 2', 'after 3', 'after 4'])
  })

  test('M11 a clock an hour behind is pointed out to those who see the message come', async () => {
    bob.wall.time = NOW - 60 * MINUTE
    await alice.messages.createChannel('general')
    await machines.settle()
    await bob.messages.post('general', 'late by an hour')
    await alice.catchUp(seededRandom(1))
    expect((await alice.messages.read('general')).messages[0]).toMatchObject({ clockOff: true, at: NOW - 60 * MINUTE })
  })

  test('M11 an old message that is caught up later is no sign of a wrong clock', async () => {
    await alice.messages.createChannel('general')
    await alice.messages.post('general', 'yesterday')
    carol.wall.time = NOW + 24 * 60 * MINUTE
    await carol.catchUp(seededRandom(1))
    expect((await carol.messages.read('general')).messages[0]).toMatchObject({ clockOff: false })
  })
})

describe('M8 edits and deletions', () => {
  test('M8 the latest edit counts, and says when it was made', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'helo')
    alice.wall.time += MINUTE
    await alice.messages.edit(id, 'hello')
    await machines.settle()
    expect((await bob.messages.read('general')).messages).toMatchObject([
      { id, text: 'hello', at: NOW, editedAt: NOW + MINUTE },
    ])
  })

  test('M8 an edit or a deletion by another device counts nothing', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'mine')
    await machines.settle()
    const [{ channel } = { channel: undefined }] = (await bob.messages.read('general')).messages
    if (channel === undefined) throw new Error('the message did not arrive')
    const message = { channel, clock: { time: NOW, count: 1 }, id }
    const head = { nonce: new Uint8Array(16), clock: { time: NOW, count: 5 }, at: NOW, message } as const
    await bob.append([
      { kind: 'message.edit', body: encodeBody({ kind: 'message.edit', ...head, text: 'forged' }) },
      { kind: 'message.delete', body: encodeBody({ kind: 'message.delete', ...head }) },
    ])
    const events: string[] = []
    alice.projection.events.on('message:changed', () => events.push('changed'))
    alice.projection.events.on('message:deleted', () => events.push('deleted'))
    await machines.settle()
    for (const machine of machines.all) expect(await machine.texts('general')).toEqual(['mine'])
    expect(events).toEqual([])
  })

  test('M8 a deleted message is gone for everybody, whatever edits come', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'oops')
    await machines.settle()
    const twin = alice.messages.edit(id, 'better')
    await alice.messages.delete(id)
    await twin
    await machines.settle()
    for (const machine of machines.all) {
      expect(await machine.texts('general')).toEqual([])
      expect(await machine.messages.find(id)).toBeUndefined()
    }
  })

  test('M10 what is said of a message before it comes waits for it', async () => {
    await alice.messages.createChannel('general')
    const { id } = await alice.messages.post('general', 'first')
    await alice.messages.edit(id, 'second')
    await bob.catchUp(seededRandom(1))
    await bob.messages.react(id, { emoji: '👍', on: true })
    const entries = machines.written.map(({ entry }) => entry)
    for (const entry of [...entries].reverse()) await carol.apply([{ entry }])
    expect((await carol.messages.read('general')).messages).toMatchObject([
      { id, text: 'second', reactions: [{ emoji: '👍', by: [bob.device] }] },
    ])
  })
})

describe('M14 events', () => {
  test('M14 one event says what came or changed, after it can be read', async () => {
    const seen: unknown[] = []
    bob.projection.events.on('message:changed', (event) => {
      seen.push(['changed', event.message, event.isNew])
    })
    bob.projection.events.on('message:deleted', (event) => {
      seen.push(['deleted', event.message])
    })
    bob.projection.events.on('channels:changed', () => {
      seen.push('channels')
    })
    const { id: channel } = await alice.messages.createChannel('general')
    const { id } = await alice.messages.post(channel, 'hi')
    await bob.catchUp({ ...seededRandom(1), below: () => 0 })
    await carol.catchUp(seededRandom(1))
    await carol.messages.react(id, { emoji: '👍', on: true })
    await bob.catchUp(seededRandom(1))
    await alice.messages.delete(id)
    await bob.catchUp(seededRandom(1))
    expect(seen).toEqual(['channels', ['changed', id, true], ['changed', id, false], ['deleted', id]])
  })
})

test('M2 an id never begins with a dash, which a command line takes for an option', async () => {
  await alice.messages.createChannel('general')
  const ids = await Promise.all(Array.from({ length: 300 }, () => alice.messages.post('general', 'x')))
  expect(ids.filter(({ id }) => id.startsWith('-'))).toEqual([])
  expect(deviceOf('alice')).toBe(alice.device)
})
