import { afterEach, beforeAll, describe, expect, test } from 'vitest'

import { encodeBody } from '../../src/messaging/bodies.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import type { KeyRange } from '../../src/store/record-store.ts'
import type { Machine } from './driver.ts'
import { entryOf, Machines, NOW } from './driver.ts'
import { seededRandom } from '../../src/base/random.ts'

const MANY = 100_000

/** Counts the records that scans hand out. */
class CountingStore extends MemoryStore {
  scanned = 0

  override async *entries(range: KeyRange): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    for await (const record of super.entries(range)) {
      this.scanned++
      yield record
    }
  }
}

const store = new CountingStore()
let alice: Machine

beforeAll(async () => {
  const machines = new Machines()
  alice = await machines.add('alice', { store })
  const { id: channel } = await alice.messages.createChannel('long')
  await alice.messages.createChannel('short')
  const random = seededRandom(7)
  for (let from = 0; from < MANY; from += 1000) {
    const written = Array.from({ length: 1000 }, (_, i) => {
      const time = NOW + from + i
      const stamp = { nonce: random.bytes(16), clock: { time, count: 0 }, at: time }
      const body = encodeBody({ kind: 'message.post', ...stamp, channel, text: `${from + i}`, mentions: [] })
      const sequence = 10 + from + i
      return { entry: entryOf({ device: alice.device, sequence, lamport: sequence, kind: 'message.post', body }) }
    })
    await alice.apply(written)
  }
}, 60_000)

afterEach(() => {
  store.scanned = 0
})

describe('M12 paging', () => {
  test('M12 the latest page of a long channel costs what the page costs', async () => {
    const { id } = (await alice.messages.listChannels()).find(({ name }) => name === 'long') ?? { id: '' }
    store.scanned = 0
    const { messages, more } = await alice.messages.read(id, { limit: 50 })
    expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `${MANY - 50 + i}`))
    expect(more).toBe(true)
    expect(store.scanned).toBeLessThanOrEqual(51)
  })

  test('M12 pages follow each other without gap or overlap', async () => {
    const texts: string[] = []
    let before: string | undefined
    for (let page = 0; page < 4; page++) {
      const { messages } = await alice.messages.read('long', { limit: 333, before })
      texts.unshift(...messages.map(({ text }) => text))
      before = messages[0]?.id
    }
    expect(texts).toEqual(Array.from({ length: 4 * 333 }, (_, i) => `${MANY - 4 * 333 + i}`))
  })

  test('M12 the first page says that there is nothing before it', async () => {
    const { messages } = await alice.messages.read('long', { limit: 1 })
    let [oldest] = messages
    for (let page = 0; page < MANY / 500 + 1; page++) {
      const next = await alice.messages.read('long', { limit: 500, before: oldest?.id })
      oldest = next.messages[0] ?? oldest
      if (!next.more) break
    }
    expect(oldest?.text).toBe('0')
  }, 60_000)

  test('M12 no page is longer than the bound', async () => {
    expect((await alice.messages.read('long', { limit: 100_000 })).messages).toHaveLength(500)
  })

  test('M12 an empty channel is one empty page', async () => {
    expect(await alice.messages.read('short')).toMatchObject({ messages: [], more: false })
  })

  test('M12 going on before a message of another channel is refused', async () => {
    const { id } = await alice.messages.post('short', 'x')
    await expect(alice.messages.read('long', { before: id })).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })

  test('M12 all messages are counted', async () => {
    const long = (await alice.messages.listChannels()).find(({ name }) => name === 'long')
    expect(long).toMatchObject({ messages: MANY, lastAt: NOW + MANY - 1 })
  })
})
