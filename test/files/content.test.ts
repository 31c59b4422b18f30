import { createHash } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes } from '../../src/base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../../src/base/cbor.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { ChunkSizes } from '../../src/files/content/chunker.ts'
import { CHUNK_SIZES, Chunker } from '../../src/files/content/chunker.ts'
import type { Content } from '../../src/files/content/content.ts'
import { contentToCbor, decodePage, encodePage, maxPartSize, readContent } from '../../src/files/content/content.ts'
import { GEAR } from '../../src/files/content/gear.ts'
import type { ChunkAddress } from '../../src/files/content/parts.ts'
import { addressOf } from '../../src/files/content/parts.ts'
import { splitContent } from '../../src/files/content/split.ts'
import { addressesOf, chunksBetween } from '../../src/files/content/walk.ts'

const SMALL: ChunkSizes = { min: 64, average: 256, max: 1024 }

function cut(pieces: Iterable<Uint8Array>, sizes: ChunkSizes = SMALL): readonly Uint8Array[] {
  const chunker = new Chunker(sizes)
  const chunks: Uint8Array[] = []
  for (const piece of pieces) chunks.push(...chunker.push(piece))
  const last = chunker.end()
  return last === undefined ? chunks : [...chunks, last]
}

function randomBytes(seed: number, length: number): Uint8Array {
  return seededRandom(seed).bytes(length)
}

/** Slices of the given lengths, over and over. */
function* sliced(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    yield bytes.subarray(at, at + length)
    at += length
  }
}

/** Chunks in memory. */
class Shelf {
  readonly chunks = new Map<ChunkAddress, Uint8Array>()
  readonly loaded: ChunkAddress[] = []
  readonly keep = async (address: ChunkAddress, bytes: Uint8Array): Promise<void> => {
    this.chunks.set(address, bytes)
    await Promise.resolve()
  }
  readonly load = async (address: ChunkAddress): Promise<Uint8Array> => {
    this.loaded.push(address)
    return await Promise.resolve(this.chunks.get(address) ?? new Uint8Array())
  }
}

describe('chunks', () => {
  test('F1 F2 chunks joined are the file, within their sizes, wherever the input is sliced', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat({ max: 20_000 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }),
        (seed, length, lengths) => {
          const bytes = randomBytes(seed, length)
          const chunks = cut(sliced(bytes, lengths))
          expect(concatBytes(...chunks)).toEqual(bytes)
          expect(chunks.slice(0, -1).every((chunk) => chunk.length > SMALL.min)).toBe(true)
          expect(chunks.every((chunk) => chunk.length <= SMALL.max)).toBe(true)
          expect(chunks).toEqual(cut([bytes]))
        },
      ),
      { numRuns: 200 },
    )
  })

  test('F1 where files are cut is the same on every machine, and for ever', () => {
    expect([GEAR[0], GEAR[255]]).toEqual([2382906969 | 0, 226958744])
    const lengths = cut([randomBytes(7, 8192)]).map((chunk) => chunk.length)
    expect(lengths).toEqual([
      276, 274, 359, 344, 257, 326, 399, 307, 283, 147, 360, 339, 289, 295, 431, 392, 315, 316, 329, 316, 282, 320, 347,
      263, 274, 280, 72,
    ])
    const whole = cut([randomBytes(7, 6 << 20)], CHUNK_SIZES)
    expect(whole.map((chunk) => chunk.length)).toEqual([1549450, 1157889, 1454279, 1527497, 602341])
  })

  test('F1 bytes that never say where to cut are cut at the greatest size', () => {
    expect(cut([new Uint8Array(2500)]).map((chunk) => chunk.length)).toEqual([1024, 1024, 452])
  })

  test('F2 a byte put in, changed or taken out leaves nearly all chunks as they were', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (seed, where) => {
        const bytes = randomBytes(seed, 400_000)
        const at = Math.floor(where * bytes.length)
        const known = new Set(cut([bytes]).map(addressOf))
        const changes = [
          [bytes.subarray(0, at), Uint8Array.of(77), bytes.subarray(at)],
          [bytes.subarray(0, at), Uint8Array.of((bytes[at] ?? 0) ^ 1), bytes.subarray(at + 1)],
          [bytes.subarray(0, at), bytes.subarray(at + 1)],
        ]
        for (const change of changes) {
          const fresh = cut(change).filter((chunk) => !known.has(addressOf(chunk)))
          expect(fresh.length).toBeLessThanOrEqual(12)
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('content', () => {
  test('F1 F4 small files are one chunk, empty ones none', async () => {
    const shelf = new Shelf()
    const empty = await splitContent([], shelf.keep)
    expect(empty).toEqual({ size: 0, hash: createHash('sha256').digest('hex'), level: 0, parts: [] })
    const small = await splitContent(sliced(randomBytes(1, 256 * 1024), [60_000]), shelf.keep)
    expect(small.parts).toHaveLength(1)
    expect(small.parts[0]?.address).toBe(small.hash)
  })

  test('F3 the next chunk is made when the last was kept', async () => {
    let keeping = 0
    let most = 0
    const taken: number[] = []
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let turn = 0; turn < 50; turn++) {
        taken.push(keeping)
        yield await Promise.resolve(randomBytes(turn, 1000))
      }
    }
    await splitContent(
      source(),
      async () => {
        most = Math.max(most, ++keeping)
        await new Promise((resolve) => setImmediate(resolve))
        keeping--
      },
      SMALL,
    )
    expect(most).toBe(1)
    expect(taken.every((count) => count === 0)).toBe(true)
  })

  test('F4 F5 a long file has pages; its entry stays small; a range loads what it needs alone', async () => {
    const shelf = new Shelf()
    const bytes = randomBytes(3, 1_600_000)
    const content = await splitContent(sliced(bytes, [70_000]), shelf.keep, SMALL)
    expect(content.level).toBe(1)
    expect(content.parts.length).toBe(2)
    expect(encodeCbor(contentToCbor(content)).length).toBeLessThan(24 * 1024)
    expect(readBack(content)).toEqual(content)

    const all: Uint8Array[] = []
    for await (const { address } of chunksBetween(content, shelf.load)) all.push(await shelf.load(address))
    expect(concatBytes(...all)).toEqual(bytes)

    shelf.loaded.length = 0
    const range = { from: bytes.length - 3000, to: bytes.length - 10 }
    let end = 0
    for await (const chunk of chunksBetween(content, shelf.load, range)) {
      expect(await shelf.load(chunk.address)).toEqual(bytes.subarray(chunk.offset, chunk.offset + chunk.size))
      if (end === 0) expect(chunk.offset).toBeLessThanOrEqual(range.from)
      end = chunk.offset + chunk.size
    }
    expect(end).toBeGreaterThanOrEqual(range.to)
    expect(shelf.loaded.length).toBeLessThan(40)

    const kept = new Set<ChunkAddress>()
    for await (const address of addressesOf(content, shelf.load)) kept.add(address)
    expect(kept).toEqual(new Set(shelf.chunks.keys()))
  })

  test('F4 100 GB stay within one small entry', () => {
    const pages = Math.ceil(100e9 / (256 * 1024) / 4096)
    expect(pages).toBeLessThanOrEqual(512)
    const size = maxPartSize(1)
    const address = 'ab'.repeat(32) as ChunkAddress
    const content: Content = {
      size: pages * size,
      hash: '00'.repeat(32),
      level: 1,
      parts: Array.from({ length: pages }, () => ({ address, size })),
    }
    expect(encodeCbor(contentToCbor(content)).length).toBeLessThan(24 * 1024)
    expect(readBack(content)).toEqual(content)
  })

  test('F4 what is not a content is none', () => {
    const address = 'ab'.repeat(32) as ChunkAddress
    const good: Content = { size: 10, hash: '00'.repeat(32), level: 0, parts: [{ address, size: 10 }] }
    expect(readBack(good)).toEqual(good)
    const bad: readonly Content[] = [
      { ...good, size: 11 },
      { ...good, size: 9 },
      { ...good, level: 3 },
      {
        ...good,
        parts: [
          { address, size: 10 },
          { address, size: 0 },
        ],
      },
      { ...good, size: 5 << 20, parts: [{ address, size: 5 << 20 }] },
      { ...good, size: 600, parts: Array.from({ length: 600 }, () => ({ address, size: 1 })) },
    ]
    for (const content of bad) expect(readBack(content)).toBeUndefined()
    fc.assert(fc.property(fc.anything(), (value) => readContent(value) === undefined))
    const page = encodePage(good.parts)
    expect(decodePage(page, { level: 1, size: 10 })).toEqual(good.parts)
    expect(decodePage(page, { level: 1, size: 11 })).toBeUndefined()
    expect(decodePage(page.subarray(1), { level: 1, size: 10 })).toBeUndefined()
  })

  test('F4 a page that does not say what was promised is an error, not a wrong file', async () => {
    const shelf = new Shelf()
    const content = await splitContent([randomBytes(3, 1_600_000)], shelf.keep, SMALL)
    const walk = async (): Promise<void> => {
      for await (const _ of chunksBetween(content, async () => await Promise.resolve(new Uint8Array(40)))) void _
    }
    await expect(walk()).rejects.toMatchObject({ code: 'CONTENT_DAMAGED' })
  })
})

/** Through bytes and back. */
function readBack(content: Content): Content | undefined {
  const bytes = encodeCbor({ content: contentToCbor(content) })
  return readContent(decodeCborMap(bytes, bytes.length)?.get('content'))
}
