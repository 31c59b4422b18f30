import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { AddressSet } from '../../../src/files/chunks/address-set.ts'
import { SHARDS } from '../../../src/files/chunks/chunk-files.ts'
import { bytesKey } from '../../../src/files/chunks/chunk-records.ts'
import { ChunkStore } from '../../../src/files/chunks/chunk-store.ts'
import type { ChunkAddress } from '../../../src/files/content/parts.ts'
import { addressOf } from '../../../src/files/content/parts.ts'
import { splitContent } from '../../../src/files/content/split.ts'
import { LevelStore } from '../../../src/store/level-store.ts'
import { MemoryStore } from '../../../src/store/memory-store.ts'
import type { RecordStore } from '../../../src/store/record-store.ts'
import { eventually } from '../../support/eventually.ts'
import { startProcess } from '../../support/processes.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const DAY = 24 * 60 * 60_000
const random = seededRandom(4)

let folder: string
let records: MemoryStore
let store: ChunkStore
let now: number
let offered: number
let damaged: ChunkAddress[]

beforeEach(async () => {
  folder = await temporaryFolder('chunks')
  records = new MemoryStore()
  await records.start()
  now = 1_763_900_000_000
  offered = 1e9
  store = open(folder, records)
  await store.start()
  damaged = []
  store.events.on('chunk:damaged', ({ address }) => damaged.push(address))
})

afterEach(async () => {
  await records.stop()
})

function open(where: string, kept: RecordStore): ChunkStore {
  const clock = { ...systemClock, now: () => now }
  return new ChunkStore({ folder: where, records: kept, clock, offered: () => offered })
}

async function put(size = 20_000, purpose: 'own' | 'copy' = 'own') {
  const bytes = random.bytes(size)
  const address = addressOf(bytes)
  await store.put(address, bytes, purpose)
  return { address, bytes }
}

function fileOf(address: ChunkAddress): string {
  return join(folder, address.slice(0, 2), address.slice(2))
}

async function addresses(of = store): Promise<readonly ChunkAddress[]> {
  const all: ChunkAddress[] = []
  for await (const { address } of of.addresses()) all.push(address)
  return all
}

/** All files below a folder, by their path within it. */
async function filesIn(where: string): Promise<readonly string[]> {
  const names = await readdir(where, { recursive: true, withFileTypes: true })
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(where.length + 1))
}

async function scrubAll(of = store) {
  const found = { checked: 0, damaged: [] as ChunkAddress[], adopted: [] as ChunkAddress[] }
  for (let shard = 0; shard < SHARDS; shard++) {
    const { checked, damaged, adopted } = await of.scrub(shard)
    found.checked += checked
    found.damaged.push(...damaged)
    found.adopted.push(...adopted)
  }
  return found
}

describe('keeping', () => {
  test('F19 what was put is there at once, has its name once it is safe, and is there after a start', async () => {
    const { address, bytes } = await put()
    expect(await store.read(address)).toEqual(bytes)
    expect(await filesIn(folder)).toEqual(['new/0'])
    await store.sync()
    expect(await filesIn(folder)).toEqual([`${address.slice(0, 2)}/${address.slice(2)}`])
    const again = open(folder, records)
    await again.start()
    expect(await again.read(address)).toEqual(bytes)
    expect(again.used).toBe(20_000)
  })

  test('F19 what was not made safe is gone after a start, without a trace', async () => {
    const { address } = await put()
    const again = open(folder, records)
    await again.start()
    expect(await again.has(address)).toBe(false)
    await expect(again.read(address)).rejects.toMatchObject({ code: 'CHUNK_MISSING' })
    expect(await filesIn(folder)).toEqual([])
    expect(again.used).toBe(0)
  })

  test('F22 equal chunks are one, also when they come at the same time', async () => {
    const bytes = random.bytes(20_000)
    const address = addressOf(bytes)
    const outcomes = await Promise.all([1, 2, 3].map(async () => await store.put(address, bytes, 'own')))
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1)
    expect(await filesIn(folder)).toHaveLength(1)
    await store.sync()
    expect(await store.put(address, bytes, 'own')).toBe('had')
    expect(store.used).toBe(20_000)
  })

  test('F19 small chunks lie among the records: safe after sync, gone without it, let go of like others', async () => {
    const first = await put(100)
    expect(await store.read(first.address)).toEqual(first.bytes)
    await store.sync()
    const second = await put(16 * 1024)
    expect(await filesIn(folder)).toEqual([])
    expect(store.used).toBe(100 + 16 * 1024)
    const again = open(folder, records)
    await again.start()
    expect(await again.read(first.address)).toEqual(first.bytes)
    expect(await again.has(second.address)).toBe(false)
    expect(again.used).toBe(100)
    expect(await scrubAll(again)).toEqual({ checked: 1, damaged: [], adopted: [] })
    await again.release(first.address)
    await expect(again.read(first.address)).rejects.toMatchObject({ code: 'CHUNK_MISSING' })
    expect(again.used).toBe(0)
  })

  test('F20 a damaged small chunk is thrown away like others', async () => {
    const { address } = await put(100)
    await store.sync()
    await records.write([{ type: 'put', key: bytesKey(address), value: random.bytes(100) }], { durable: false })
    expect((await scrubAll()).damaged).toEqual([address])
    expect(await store.has(address)).toBe(false)
    expect(store.used).toBe(0)
  })

  test('F19 reading goes on while chunks are made safe', async () => {
    const chunks = await Promise.all(Array.from({ length: 20 }, async () => await put()))
    const syncing = store.sync()
    for (const { address, bytes } of chunks) expect(await store.read(address)).toEqual(bytes)
    await syncing
    for (const { address, bytes } of chunks) expect(await store.read(address)).toEqual(bytes)
    expect(damaged).toEqual([])
  })

  test('F19 a file goes through splitting into the store and comes back', async () => {
    const bytes = random.bytes(3_000_000)
    const content = await splitContent([bytes], async (address, chunk) => {
      await store.put(address, chunk, 'own')
    })
    await store.sync()
    const parts = await Promise.all(content.parts.map(async ({ address }) => await store.read(address)))
    expect(Buffer.concat(parts).equals(bytes)).toBe(true)
  })

  test('F21 copies are taken up to the offer, own files beyond it', async () => {
    offered = 2500
    await put(1000, 'copy')
    await put(1000, 'copy')
    await expect(put(1000, 'copy')).rejects.toMatchObject({ code: 'OFFER_USED_UP' })
    await put(1000, 'own')
    expect([store.used, store.free]).toEqual([3000, 0])
    await store.sync()
    expect([store.used, store.free]).toEqual([3000, 0])
    offered = 0
    await put(10, 'own')
  })
})

describe('checking', () => {
  test('F20 other bytes than the address says are not taken', async () => {
    const { address } = await put()
    await expect(store.put(address, random.bytes(1000), 'copy')).rejects.toMatchObject({ code: 'WRONG_CHUNK' })
  })

  test('F20 a flipped bit is found by the scrub and by reading, thrown away and told; others stay', async () => {
    const first = await put()
    const second = await put()
    const third = await put()
    const vanished = await put()
    await store.sync()
    for (const { address } of [first, second]) {
      const bytes = await readFile(fileOf(address))
      bytes[500] = (bytes[500] ?? 0) ^ 4
      await writeFile(fileOf(address), bytes)
    }
    await rm(fileOf(vanished.address))
    await expect(store.read(first.address)).rejects.toMatchObject({ code: 'CHUNK_DAMAGED' })
    const scrubbed = await scrubAll()
    expect(new Set(scrubbed.damaged)).toEqual(new Set([second.address, vanished.address]))
    expect(new Set(damaged)).toEqual(new Set([first.address, second.address, vanished.address]))
    expect(await addresses()).toEqual([third.address])
    expect(store.used).toBe(20_000)
    // Once it comes from elsewhere, all is well.
    await store.put(second.address, second.bytes, 'copy')
    await store.sync()
    expect(await store.read(second.address)).toEqual(second.bytes)
    expect(await scrubAll()).toMatchObject({ checked: 2, damaged: [], adopted: [] })
  })

  test('F20 a whole file that no record knows is taken in; other files are left alone', async () => {
    const bytes = random.bytes(700)
    const address = addressOf(bytes)
    await mkdir(join(folder, address.slice(0, 2)), { recursive: true })
    await writeFile(fileOf(address), bytes)
    await writeFile(join(folder, address.slice(0, 2), 'desktop.ini'), 'x')
    expect(await scrubAll()).toEqual({ checked: 1, damaged: [], adopted: [address] })
    expect(await store.read(address)).toEqual(bytes)
    expect(store.used).toBe(700)
  })
})

describe('letting go', () => {
  const referring = (...list: readonly ChunkAddress[]): AddressSet => {
    const set = new AddressSet()
    for (const address of list) set.add(address)
    return set
  }

  test('F22 a chunk goes 30 days after nothing referred to it any more', async () => {
    const { address } = await put()
    const other = await put()
    await store.collect(referring(address, other.address))
    now += 100 * DAY
    await store.collect(referring(other.address))
    now += 29 * DAY
    expect(await store.collect(referring(other.address))).toEqual({ chunks: 0, bytes: 0 })
    now += DAY
    expect(await store.collect(referring(other.address))).toEqual({ chunks: 1, bytes: 20_000 })
    expect(await addresses()).toEqual([other.address])
    expect(await filesIn(folder)).toHaveLength(1)
    expect(store.used).toBe(20_000)
  })

  test('F22 referred to again, put again, or held on to, it stays', async () => {
    const [again, anew, held] = [await put(), await put(), await put()]
    await store.collect(referring())
    now += 29 * DAY
    await store.collect(referring(again.address))
    await store.put(anew.address, anew.bytes, 'own')
    const holding = store.hold(held.address)
    now += 2 * DAY
    expect(await store.collect(referring())).toEqual({ chunks: 0, bytes: 0 })
    expect(await store.release(held.address)).toBe(false)
    holding.dispose()
    holding.dispose()
    expect(await store.collect(referring())).toEqual({ chunks: 1, bytes: 20_000 })
    expect(new Set(await addresses())).toEqual(new Set([again.address, anew.address]))
  })

  test('F22 a released chunk is gone, and can come back', async () => {
    const { address, bytes } = await put()
    expect(await store.release(address)).toBe(true)
    expect(await store.has(address)).toBe(false)
    expect(await filesIn(folder)).toEqual([])
    expect(await store.put(address, bytes, 'own')).toBe('new')
    expect(await store.read(address)).toEqual(bytes)
  })

  test('F22 a set of addresses holds what was put into it', () => {
    const set = new AddressSet()
    const all = Array.from({ length: 5000 }, (_, index) => addressOf(Uint8Array.of(index >> 8, index & 255)))
    for (const address of [...all, ...all]) set.add(address)
    expect(set.size).toBe(5000)
    expect(all.every((address) => set.has(address))).toBe(true)
    expect(set.has(addressOf(Uint8Array.of(1, 2, 3)))).toBe(false)
    const zeros = '0'.repeat(64) as ChunkAddress
    expect(set.has(zeros)).toBe(false)
    set.add(zeros)
    expect(set.has(zeros)).toBe(true)
  })
})

describe('kill -9', () => {
  test('F19 at any moment: what was acknowledged is there, whole; nothing half is, and nothing leaks', async () => {
    const safe = new Set<ChunkAddress>()
    for (let round = 1; round <= 6; round++) {
      const child = startProcess([join(import.meta.dirname, 'fill-chunks.ts'), folder, String(round)])
      const lines = 1 + random.below(12)
      await eventually(() => child.lines.length >= lines, { what: 'chunks are put' })
      await child.kill9()
      for (const line of child.lines) for (const address of line.split(' ')) safe.add(address as ChunkAddress)

      const level = new LevelStore({ folder: join(folder, 'records') })
      await level.start()
      const chunks = join(folder, 'chunks')
      const reopened = open(chunks, level)
      await reopened.start()
      for (const address of safe) expect(await reopened.read(address)).toBeDefined()
      const scrubbed = await scrubAll(reopened)
      expect(scrubbed.damaged).toEqual([])
      const sizes = new Map<string, number>()
      for await (const { address, size } of reopened.addresses()) {
        sizes.set(address, size)
        expect((await reopened.read(address)).length).toBe(size)
      }
      const files = (await filesIn(chunks)).map((path) => path.replace(/[\\/]/, ''))
      const large = [...sizes].filter(([, size]) => size > 16 * 1024).map(([address]) => address)
      expect(new Set(files)).toEqual(new Set(large))
      expect(reopened.used).toBe([...sizes.values()].reduce((sum, size) => sum + size, 0))
      await level.stop()
    }
    expect(safe.size).toBeGreaterThan(10)
  }, 90_000)
})
