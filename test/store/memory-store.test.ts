import { describe, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { StoreFullError } from '../../src/store/errors.ts'
import { MemoryDisk } from '../../src/store/memory-disk.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import type { Operation } from '../../src/store/record-store.ts'
import { recordStoreContract } from './contract.ts'

recordStoreContract('the memory store', async () => {
  const disk = new MemoryDisk()
  return { make: () => new MemoryStore(disk) }
})

const put = (key: string, value = ''): Operation => ({ type: 'put', key: utf8(key), value: utf8(value) })

async function keysOn(disk: MemoryDisk): Promise<string[]> {
  const store = new MemoryStore(disk)
  await store.start()
  const keys: string[] = []
  for await (const [key] of store.entries({ gte: utf8('0'), lt: utf8('~') })) keys.push(Buffer.from(key).toString())
  await store.stop()
  return keys
}

describe('a killed process', () => {
  test('keeps every write that had resolved, durable or not', async () => {
    const disk = new MemoryDisk()
    const store = new MemoryStore(disk)
    await store.start()
    await store.write([put('a')], { durable: false })
    await store.write([put('b')], { durable: true })
    store.kill()
    expect(await keysOn(disk)).toEqual(['a', 'b'])
  })

  test('runs no further: what it waits for never comes', async () => {
    const store = new MemoryStore()
    await store.start()
    let went = 0
    const onward = (): void => void went++
    store.write([put('a')], { durable: true }).then(onward, onward)
    store.kill()
    store.get(utf8('a')).then(onward, onward)
    store.stop().then(onward, onward)
    await new Promise((resolve) => setImmediate(resolve))
    expect(went).toBe(0)
  })
})

describe('a power cut', () => {
  test('takes a seeded number of the last writes that were not durable, and none before a durable one', async () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      const disk = new MemoryDisk()
      const store = new MemoryStore(disk)
      await store.start()
      await store.write([put('a', 'old')], { durable: false })
      await store.write([put('b')], { durable: true })
      await store.write([put('c'), put('a', 'new')], { durable: false })
      await store.write([put('d'), { type: 'delete', key: utf8('b') }], { durable: false })
      store.kill()
      disk.powerCut(seededRandom(seed))
      outcomes.add((await keysOn(disk)).join(''))
    }
    expect([...outcomes].sort()).toEqual(['ab', 'abc', 'acd'])
  })

  test('brings back the values that were overwritten', async () => {
    const disk = new MemoryDisk()
    const store = new MemoryStore(disk)
    await store.start()
    await store.write([put('a', 'old')], { durable: true })
    await store.write([put('a', 'new'), put('a', 'newer')], { durable: false })
    store.kill()
    disk.powerCut({ bytes: () => new Uint8Array(0), float: () => 0, below: () => 0 })
    const after = new MemoryStore(disk)
    await after.start()
    expect(await after.get(utf8('a'))).toEqual(utf8('old'))
  })
})

describe('a copy of a disk', () => {
  test('is open nowhere and goes its own way', async () => {
    const disk = new MemoryDisk()
    const store = new MemoryStore(disk)
    await store.start()
    await store.write(
      Array.from({ length: 1000 }, (_, i) => put(`k${1000 + i}`)),
      { durable: true },
    )
    const copy = disk.clone()
    const other = new MemoryStore(copy)
    await other.start()
    await other.write([put('only-there'), { type: 'delete', key: utf8('k1500') }], { durable: true })
    await store.write([put('only-here'), { type: 'delete', key: utf8('k1600') }], { durable: true })
    await store.stop()
    await other.stop()
    const here = await keysOn(disk)
    const there = await keysOn(copy)
    expect(here).toHaveLength(1000)
    expect(there).toHaveLength(1000)
    expect(here).toContain('only-here')
    expect(here).toContain('k1500')
    expect(here).not.toContain('only-there')
    expect(there).toContain('k1600')
    expect(there).not.toContain('only-here')
  })
})

describe('a full disk', () => {
  test('refuses whole batches, and those asked for behind them, until there is space', async () => {
    const disk = new MemoryDisk({ name: 'nas', capacity: 100 })
    const store = new MemoryStore(disk)
    await store.start()
    await store.write([put('a', 'x'.repeat(50))], { durable: true })
    const [big, behind] = await Promise.allSettled([
      store.write([put('b'), put('c', 'x'.repeat(60))], { durable: true }),
      store.write([put('d')], { durable: true }),
    ])
    expect(big.status === 'rejected' && big.reason).toBeInstanceOf(StoreFullError)
    expect(behind.status === 'rejected' && behind.reason).toBeInstanceOf(StoreFullError)
    expect(await store.get(utf8('b'))).toBeUndefined()
    await store.write([{ type: 'delete', key: utf8('a') }], { durable: true })
    await store.write([put('c', 'x'.repeat(60))], { durable: true })
    disk.capacity = 1000
    await store.write([put('d', 'x'.repeat(600))], { durable: true })
    expect(await store.size()).toBe(662)
  })
})
