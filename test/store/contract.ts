import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'

import { bytesEqual, compareBytes, toHex, utf8 } from '../../src/base/bytes.ts'
import { StoreClosedError, StoreLockedError } from '../../src/store/errors.ts'
import type { KeyRange, Operation, RecordStore } from '../../src/store/record-store.ts'
import { MAX_KEY_BYTES } from '../../src/store/record-store.ts'
import { Transaction } from '../../src/store/transaction.ts'

/** A place that stores are opened on, one after the other. */
export interface StorePlace {
  /** A store on the place, not started. */
  make(): RecordStore
}

const ALL: KeyRange = { gte: Uint8Array.of(0), lt: new Uint8Array(MAX_KEY_BYTES).fill(0xff) }
const put = (key: string, value: string): Operation => ({ type: 'put', key: utf8(key), value: utf8(value) })
const del = (key: string): Operation => ({ type: 'delete', key: utf8(key) })
const range = (gte: string, lt: string, more: Partial<KeyRange> = {}): KeyRange => ({
  gte: utf8(gte),
  lt: utf8(lt),
  ...more,
})

async function list(store: Pick<RecordStore, 'entries'>, within: KeyRange = ALL): Promise<string[]> {
  const found: string[] = []
  for await (const [key, value] of store.entries(within)) {
    found.push(`${Buffer.from(key).toString()}=${Buffer.from(value).toString()}`)
  }
  return found
}

/** What every RecordStore keeps. */
export function recordStoreContract(name: string, makePlace: () => Promise<StorePlace>): void {
  const opened = async (): Promise<RecordStore> => {
    const store = (await makePlace()).make()
    await store.start()
    onTestFinished(() => store.stop())
    return store
  }

  describe(`${name} keeps the contract of a record store`, () => {
    test('a record is found under its key, and only there', async () => {
      const store = await opened()
      await store.write([put('a', '1'), put('b', '')], { durable: false })
      expect(await store.get(utf8('a'))).toEqual(utf8('1'))
      expect(await store.get(utf8('b'))).toEqual(new Uint8Array(0))
      expect(await store.get(utf8('c'))).toBeUndefined()
      expect(await store.getMany(['c', 'b', 'a'].map(utf8))).toEqual([undefined, new Uint8Array(0), utf8('1')])
      expect(await store.getMany([])).toEqual([])
    })

    test('values are plain byte arrays, the caller may change them', async () => {
      const store = await opened()
      await store.write([put('a', 'kept')], { durable: false })
      const value = await store.get(utf8('a'))
      expect(value?.constructor).toBe(Uint8Array)
      value?.fill(0)
      for await (const [key, seen] of store.entries(ALL)) {
        expect(key.constructor).toBe(Uint8Array)
        seen.fill(0)
        key.fill(0)
      }
      expect(await list(store)).toEqual(['a=kept'])
    })

    test('a later operation of a batch wins over an earlier one', async () => {
      const store = await opened()
      await store.write([put('a', '1'), del('a'), put('b', '1'), put('b', '2')], { durable: true })
      expect(await list(store)).toEqual(['b=2'])
    })

    test('writes apply in the order in which they were asked for, durable or not', async () => {
      const store = await opened()
      const written: Promise<void>[] = []
      const resolved: number[] = []
      for (let i = 0; i < 200; i++) {
        const one = store.write([put('same', String(i)), put(`own-${i}`, '')], { durable: i % 7 === 3 })
        written.push(one.then(() => void resolved.push(i)))
      }
      await Promise.all(written)
      expect(await store.get(utf8('same'))).toEqual(utf8('199'))
      // What is not durable waits for no sync.
      const all = Array.from({ length: 200 }, (_, i) => i)
      expect(resolved.filter((i) => i % 7 !== 3)).toEqual(all.filter((i) => i % 7 !== 3))
      expect(resolved.filter((i) => i % 7 === 3)).toEqual(all.filter((i) => i % 7 === 3))
    })

    test('an empty batch is fine', async () => {
      const store = await opened()
      await store.write([], { durable: false })
      await store.write([], { durable: true })
      expect(await list(store)).toEqual([])
    })

    test('keys that no store takes are refused, and nothing of their batch is applied', async () => {
      const store = await opened()
      const long = new Uint8Array(MAX_KEY_BYTES + 1)
      for (const key of [new Uint8Array(0), long]) {
        await expect(
          store.write([put('a', '1'), { type: 'put', key, value: utf8('x') }], { durable: false }),
        ).rejects.toThrow('key')
      }
      await store.write([{ type: 'put', key: long.subarray(1), value: utf8('x') }], { durable: false })
      expect(await store.get(utf8('a'))).toBeUndefined()
      expect(await store.get(long.subarray(1))).toEqual(utf8('x'))
    })

    test('a range holds its first key, not its last, in order or in reverse, up to the limit', async () => {
      const store = await opened()
      await store.write(
        ['d', 'b', 'a', 'c', 'ba'].map((key) => put(key, '')),
        { durable: false },
      )
      expect(await list(store, range('a', 'd'))).toEqual(['a=', 'b=', 'ba=', 'c='])
      expect(await list(store, range('b', 'c', { reverse: true }))).toEqual(['ba=', 'b='])
      expect(await list(store, range('a', 'z', { limit: 2 }))).toEqual(['a=', 'b='])
      expect(await list(store, range('a', 'z', { limit: 2, reverse: true }))).toEqual(['d=', 'c='])
      expect(await list(store, range('a', 'z', { limit: 0 }))).toEqual([])
      expect(await list(store, range('e', 'z'))).toEqual([])
      expect(await list(store, range('z', 'a'))).toEqual([])
    })

    test('a range is seen as it was when it was asked for', async () => {
      const store = await opened()
      const numbers = Array.from({ length: 700 }, (_, i) => String(i).padStart(4, '0'))
      await store.write(
        numbers.map((n) => put(n, 'old')),
        { durable: false },
      )
      const view = store.entries(ALL)
      await store.write([...numbers.map((n) => put(n, 'new')), del('0005'), put('0005a', 'new')], { durable: false })
      const seen: string[] = []
      for await (const [key, value] of view)
        seen.push(`${Buffer.from(key).toString()}=${Buffer.from(value).toString()}`)
      expect(seen).toEqual(numbers.map((n) => `${n}=old`))
    })

    test('a consumer of a range may stop early and write meanwhile', async () => {
      const store = await opened()
      await store.write([put('a', '1'), put('b', '2'), put('c', '3')], { durable: false })
      for await (const [key] of store.entries(ALL)) {
        await store.write([{ type: 'delete', key }], { durable: false })
        if (compareBytes(key, utf8('b')) === 0) break
      }
      expect(await list(store)).toEqual(['c=3'])
    })

    test('what was written is there after the store was stopped and opened again', async () => {
      const place = await makePlace()
      const before = place.make()
      await before.start()
      await before.write([put('a', '1')], { durable: false })
      await before.stop()
      await before.stop()
      const later = place.make()
      await later.start()
      expect(await list(later)).toEqual(['a=1'])
      await later.stop()
    })

    test('stopping waits for writes that were asked for', async () => {
      const place = await makePlace()
      const before = place.make()
      await before.start()
      const written = before.write([put('a', '1')], { durable: false })
      await before.stop()
      await written
      await before.start()
      expect(await list(before)).toEqual(['a=1'])
      await before.stop()
    })

    test('a closed store says that it is closed', async () => {
      const store = (await makePlace()).make()
      const uses = [
        () => store.get(utf8('a')),
        () => store.getMany([utf8('a')]),
        () => store.write([put('a', '1')], { durable: true }),
        () => list(store),
        () => store.compact(ALL),
        () => store.size(),
      ]
      for (const use of uses) await expect(use()).rejects.toThrow(StoreClosedError)
      await store.start()
      await store.start()
      await store.stop()
      for (const use of uses) await expect(use()).rejects.toThrow(StoreClosedError)
    })

    test('a second store on the same place is refused, and the first goes on', async () => {
      const place = await makePlace()
      const first = place.make()
      await first.start()
      const second = place.make()
      await expect(second.start()).rejects.toThrow(StoreLockedError)
      await expect(second.start()).rejects.toThrow('stop it or choose another --data-dir')
      await first.write([put('a', '1')], { durable: true })
      expect(await list(first)).toEqual(['a=1'])
      await first.stop()
      await second.start()
      expect(await list(second)).toEqual(['a=1'])
      await second.stop()
    })

    test('the size grows with what is written', async () => {
      const store = await opened()
      const before = await store.size()
      const value = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 7919) >>> 5)
      await store.write([{ type: 'put', key: utf8('big'), value }], { durable: true })
      expect(await store.size()).toBeGreaterThan(before + 90_000)
      await store.compact(ALL)
      expect(await store.get(utf8('big'))).toEqual(value)
    })

    test('a transaction reads its own writes and commits them as one', async () => {
      const store = await opened()
      await store.write([put('a', '1'), put('b', '2')], { durable: false })
      const transaction = new Transaction(store)
      transaction.delete(utf8('a'))
      transaction.put(utf8('c'), utf8('3'))
      expect(await transaction.get(utf8('a'))).toBeUndefined()
      expect(await transaction.get(utf8('c'))).toEqual(utf8('3'))
      const inside = await transaction.entries(ALL)
      expect(inside.map(([key]) => Buffer.from(key).toString())).toEqual(['b', 'c'])
      expect(await list(store)).toEqual(['a=1', 'b=2'])
      await transaction.commit({ durable: false })
      expect(transaction.empty).toBe(true)
      expect(await list(store)).toEqual(['b=2', 'c=3'])
    })

    test('any sequence of batches leaves what a plain map would hold, in bytewise order', async () => {
      const key = fc.uint8Array({ minLength: 1, maxLength: 3 })
      const operation = fc.oneof(
        fc.record({ type: fc.constant('put' as const), key, value: fc.uint8Array({ maxLength: 8 }) }),
        fc.record({ type: fc.constant('delete' as const), key }),
      )
      const batches = fc.array(fc.array(operation, { maxLength: 40 }), { maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(batches, key, key, async (written, from, to) => {
          const store = (await makePlace()).make()
          await store.start()
          const model = new Map<string, Uint8Array>()
          const waiting = written.map((batch) => store.write(batch, { durable: false }))
          for (const one of written.flat()) {
            if (one.type === 'put') model.set(toHex(one.key), one.value)
            else model.delete(toHex(one.key))
          }
          await Promise.all(waiting)
          const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
          const found: [string, Uint8Array][] = []
          for await (const [at, value] of store.entries(ALL)) found.push([toHex(at), value])
          expect(found).toEqual(expected)
          const inside = expected.filter(([at]) => at >= toHex(from) && at < toHex(to)).reverse()
          const reversed: [string, Uint8Array][] = []
          for await (const [at, value] of store.entries({ gte: from, lt: to, reverse: true })) {
            reversed.push([toHex(at), value])
          }
          expect(reversed.length).toBe(inside.length)
          expect(reversed.every(([at, value], i) => at === inside[i]?.[0] && bytesEqual(value, inside[i][1]))).toBe(
            true,
          )
          await store.stop()
        }),
        { numRuns: 40, seed: 2 },
      )
    })
  })
}
