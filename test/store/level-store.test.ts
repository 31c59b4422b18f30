import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import { codeOf } from '../../src/base/errors.ts'
import { seededRandom } from '../../src/base/random.ts'
import { StoreCorruptError, StoreUnwritableError } from '../../src/store/errors.ts'
import { uint32Key } from '../../src/store/keys.ts'
import { LevelStore } from '../../src/store/level-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { recordStoreContract } from './contract.ts'

recordStoreContract('the LevelDB store', async () => {
  const folder = join(await temporaryFolder('store'), 'records')
  return { make: () => new LevelStore({ folder }) }
})

const RECORDS = 400

/** A store with records in tables and in the log, closed. */
async function filled(): Promise<string> {
  const folder = join(await temporaryFolder('store'), 'records')
  const random = seededRandom(3)
  for (const half of [0, 1]) {
    const store = new LevelStore({ folder })
    await store.start()
    for (let i = half * (RECORDS / 2); i < (half + 1) * (RECORDS / 2); i++) {
      await store.write([{ type: 'put', key: uint32Key(i), value: random.bytes(5000) }], { durable: false })
    }
    await store.stop()
  }
  return folder
}

async function readable(store: LevelStore): Promise<number> {
  let count = 0
  for await (const _ of store.entries({ gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) })) count++
  return count
}

function theFile(folder: string, pattern: RegExp): string {
  const name = readdirSync(folder).find((one) => pattern.test(one))
  if (name === undefined) throw new Error(`no ${pattern.source} in ${readdirSync(folder).join(' ')}`)
  return join(folder, name)
}

const DAMAGES: readonly {
  readonly what: string
  readonly harm: (folder: string) => void
  readonly least: number
}[] = [
  { what: 'CURRENT is gone', harm: (folder) => rmSync(join(folder, 'CURRENT')), least: RECORDS },
  { what: 'CURRENT is empty', harm: (folder) => truncateSync(join(folder, 'CURRENT'), 0), least: RECORDS },
  { what: 'the manifest is gone', harm: (folder) => rmSync(theFile(folder, /^MANIFEST/)), least: RECORDS },
  {
    what: 'the manifest is garbage',
    harm: (folder) => writeFileSync(theFile(folder, /^MANIFEST/), seededRandom(1).bytes(500)),
    least: RECORDS,
  },
  { what: 'a table is gone', harm: (folder) => rmSync(theFile(folder, /\.ldb$/)), least: 1 },
  { what: 'a table is empty', harm: (folder) => truncateSync(theFile(folder, /\.ldb$/), 0), least: 1 },
  {
    what: 'the end of a table is overwritten',
    harm(folder) {
      const path = theFile(folder, /\.ldb$/)
      const bytes = readFileSync(path)
      bytes.fill(0, bytes.length - 20)
      writeFileSync(path, bytes)
    },
    least: 1,
  },
]

describe('damage', () => {
  for (const { what, harm, least } of DAMAGES) {
    test(`${what}: the start repairs, keeps a copy, and says so`, async () => {
      const folder = await filled()
      harm(folder)
      const said: string[] = []
      const log = {
        debug: () => undefined,
        info: () => undefined,
        error: () => undefined,
        warn: (_: object, message: string) => void said.push(message),
        child: () => log,
      }
      const store = new LevelStore({ folder, log })
      await store.start()
      expect(await readable(store)).toBeGreaterThanOrEqual(least)
      expect(store.repair?.copy).toBe(`${folder}.damaged-1`)
      expect(said).toEqual([store.repair?.message])
      expect(store.repair?.message).toContain(`${folder}.damaged-1`)
      expect(readdirSync(`${folder}.damaged-1`).length).toBeGreaterThan(2)
      await store.write([{ type: 'put', key: uint32Key(7777), value: uint32Key(1) }], { durable: true })
      await store.stop()
      // And the next start has nothing to repair.
      const later = new LevelStore({ folder })
      await later.start()
      expect(later.repair).toBeUndefined()
      expect(await later.get(uint32Key(7777))).toEqual(uint32Key(1))
      await later.stop()
    })
  }

  test('where nothing can be read any more, the folder is left as it was and the way out is named, each time', async () => {
    const folder = await filled()
    for (const name of readdirSync(folder)) {
      if (/\.(?:ldb|log)$/.test(name)) writeFileSync(join(folder, name), seededRandom(9).bytes(3000))
    }
    const table = theFile(folder, /\.ldb$/)
    const before = readFileSync(table)
    for (let attempt = 0; attempt < 2; attempt++) {
      const store = new LevelStore({ folder })
      const error = await store.start().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StoreCorruptError)
      expect((error as Error).message).toContain(folder)
      expect((error as Error).message).toContain('backup')
      expect(readFileSync(table)).toEqual(before)
    }
    expect(readdirSync(join(folder, '..'))).toEqual(['records'])
  })

  test('damage inside a table is named when it is read, and repaired at the next start', async () => {
    const folder = await filled()
    const path = theFile(folder, /\.ldb$/)
    const bytes = readFileSync(path)
    // Between the first blocks and the index, so that only some blocks are hit.
    bytes.fill(0x55, 20_000, 60_000)
    writeFileSync(path, bytes)
    const store = new LevelStore({ folder })
    await store.start()
    const error = await readable(store).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreCorruptError)
    expect((error as Error).message).toContain('start it again')
    await store.stop()
    const later = new LevelStore({ folder })
    await later.start()
    expect(later.repair).toBeDefined()
    expect(await readable(later)).toBeGreaterThan(RECORDS / 2)
    await later.stop()
  })

  test('damage in the middle of the log costs what it hit, and is told', async () => {
    const folder = join(await temporaryFolder('store'), 'records')
    const store = new LevelStore({ folder })
    await store.start()
    for (let i = 0; i < 200; i++) {
      await store.write([{ type: 'put', key: uint32Key(i), value: new Uint8Array(1000) }], { durable: false })
    }
    await store.stop()
    const path = theFile(folder, /\.log$/)
    const bytes = readFileSync(path)
    bytes.fill(0x55, 50_000, 50_100)
    writeFileSync(path, bytes)
    const later = new LevelStore({ folder })
    await later.start()
    expect(await readable(later)).toBeGreaterThan(100)
    expect(later.repair?.message).toContain('newest records')
    await later.stop()
    const last = new LevelStore({ folder })
    await last.start()
    expect(last.repair).toBeUndefined()
    await last.stop()
  })

  test('a torn end of the log, as a power cut leaves it, costs only the torn record', async () => {
    const folder = join(await temporaryFolder('store'), 'records')
    const store = new LevelStore({ folder })
    await store.start()
    for (let i = 0; i < 50; i++) {
      await store.write([{ type: 'put', key: uint32Key(i), value: new Uint8Array(1000) }], { durable: false })
    }
    await store.stop()
    const log = theFile(folder, /\.log$/)
    truncateSync(log, statSync(log).size - 500)
    const later = new LevelStore({ folder })
    await later.start()
    expect(await readable(later)).toBe(49)
    expect(later.repair).toBeUndefined()
    await later.stop()
  })
})

describe('a folder that can not be used', () => {
  test('a file in its place, or in the place of a folder above it', async () => {
    const parent = await temporaryFolder('store')
    writeFileSync(join(parent, 'file'), 'x')
    for (const folder of [join(parent, 'file'), join(parent, 'file', 'deeper', 'still')]) {
      const error = await new LevelStore({ folder }).start().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StoreUnwritableError)
      expect((error as Error).message).toContain(folder)
      expect((error as Error).message).toContain('--data-dir')
    }
  })

  test('a folder without the right to write', async () => {
    const folder = join(await temporaryFolder('store'), 'locked')
    mkdirSync(folder)
    chmodSync(folder, 0o500)
    onTestFinished(() => chmodSync(folder, 0o700))
    // To root every folder is writable; /proc is not, even to root.
    const unwritable = process.getuid?.() === 0 ? '/proc/murmuration-test/records' : join(folder, 'records')
    const error = await new LevelStore({ folder: unwritable }).start().catch((thrown: unknown) => thrown)
    expect(codeOf(error)).toBe('STORE_UNWRITABLE')
    expect((error as Error).message).toContain(unwritable)
  })
})
