import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { toHex } from '../../src/base/bytes.ts'
import { codeOf } from '../../src/base/errors.ts'
import { systemRandom } from '../../src/base/random.ts'
import { openDataFolder } from '../../src/peer/data-folder.ts'
import type { KeyVaults } from '../../src/peer/device-key-file.ts'
import { keyRestOf, loadDeviceKey, protectKey, unprotectKey } from '../../src/peer/device-key-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { fileVault } from './file-vault.ts'

/** A guess costs a millisecond. */
const CHEAP = 10
const PASSPHRASE = 'copper lantern tide'
const OTHER = 'winter harbour moss'

interface Place {
  readonly folder: string
  readonly file: string
  readonly keyStore: string
}

async function place(): Promise<Place> {
  const root = await temporaryFolder('key')
  const folder = join(root, 'data')
  await mkdir(folder)
  return { folder, file: join(folder, 'device.key'), keyStore: join(root, 'key-store') }
}

async function load(file: string, vaults: KeyVaults = {}) {
  return await loadDeviceKey(file, { vaults, random: systemRandom, cost: CHEAP })
}

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'none',
    (error: unknown) => codeOf(error),
  )
}

/** What somebody types. */
function answer(passphrase: string): () => Promise<string> {
  return async () => await Promise.resolve(passphrase)
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777
}

describe('K6 a key without a key store', () => {
  test('K6 lies in a file of its owner alone, and is the same from then on', async () => {
    const { file, folder } = await place()
    const first = await load(file)
    expect(await readFile(file, 'utf8')).toBe(`${toHex(first.key.seed)}\n`)
    expect(await modeOf(file)).toBe(0o600)
    expect(first.liesOpen).toBeUndefined()
    expect((await load(file)).key.device).toBe(first.key.device)
    expect(await readdir(folder)).toEqual(['device.key'])
  })

  test.skipIf(process.platform === 'win32')('K6 is not used where others may read or change it', async () => {
    const { file } = await place()
    await load(file)
    for (const mode of [0o640, 0o604, 0o620, 0o601, 0o777]) {
      await chmod(file, mode)
      expect(await failure(load(file))).toBe('KEY_EXPOSED')
      expect(await failure(keyRestOf(file))).toBe('KEY_EXPOSED')
    }
    await chmod(file, 0o400)
    expect(await failure(load(file))).toBe('none')
  })

  test('K6 of several first starts at the same time one key comes', async () => {
    const { file, folder } = await place()
    const loaded = await Promise.all(Array.from({ length: 8 }, () => load(file)))
    expect(new Set(loaded.map(({ key }) => key.device)).size).toBe(1)
    expect(await readdir(folder)).toEqual(['device.key'])
  })

  test('K2 a damaged one is left as it is', async () => {
    const { file } = await place()
    for (const text of ['garbage', '', 'x'.repeat(1_000_000)]) {
      await writeFile(file, text, { mode: 0o600 })
      expect(await failure(load(file))).toBe('KEY_DAMAGED')
      expect(await readFile(file, 'utf8')).toBe(text)
    }
  })
})

describe('K7 a key under a passphrase', () => {
  test('K7 it is set, changed and taken away, and stays the same key', async () => {
    const { file } = await place()
    const { key } = await load(file)
    const random = systemRandom

    expect(await protectKey(file, { vaults: {}, newPassphrase: answer(PASSPHRASE), random, cost: CHEAP })).toEqual({
      device: key.device,
      rests: 'passphrase',
    })
    expect(await readFile(file, 'utf8')).not.toContain(toHex(key.seed))
    expect(await modeOf(file)).toBe(0o600)
    expect((await load(file, { passphrase: PASSPHRASE })).key.device).toBe(key.device)
    expect(await failure(load(file))).toBe('PASSPHRASE_NEEDED')
    expect(await failure(load(file, { passphrase: OTHER }))).toBe('WRONG_PASSPHRASE')

    expect(
      await failure(
        protectKey(file, { vaults: { passphrase: OTHER }, newPassphrase: answer(OTHER), random, cost: CHEAP }),
      ),
    ).toBe('WRONG_PASSPHRASE')
    await protectKey(file, { vaults: { passphrase: PASSPHRASE }, newPassphrase: answer(OTHER), random, cost: CHEAP })
    expect(await failure(load(file, { passphrase: PASSPHRASE }))).toBe('WRONG_PASSPHRASE')

    expect(await failure(unprotectKey(file, { vaults: {}, random }))).toBe('PASSPHRASE_NEEDED')
    expect(await unprotectKey(file, { vaults: { passphrase: OTHER }, random })).toMatchObject({ rests: 'file' })
    expect((await load(file)).key.device).toBe(key.device)
  })

  test('K7 a person is asked three times', async () => {
    const { file } = await place()
    const { key } = await load(file, { passphrase: PASSPHRASE })
    const asked: number[] = []
    const answers = (...texts: readonly string[]) => ({
      askPassphrase: async (attempt: number) => {
        asked.push(attempt)
        return await Promise.resolve(texts[attempt - 1] ?? '')
      },
    })
    expect((await load(file, answers(OTHER, OTHER, PASSPHRASE))).key.device).toBe(key.device)
    expect(asked).toEqual([1, 2, 3])
    expect(await failure(load(file, answers(OTHER, OTHER, OTHER, PASSPHRASE)))).toBe('WRONG_PASSPHRASE')
    expect(asked).toHaveLength(6)
  })

  test('K7 with a passphrase given a new key never lies open, and one that does is said to', async () => {
    const { file } = await place()
    const { liesOpen } = await load(file, { passphrase: PASSPHRASE })
    expect(liesOpen).toBeUndefined()
    expect(await keyRestOf(file)).toMatchObject({ rests: 'passphrase' })
    const other = await place()
    await load(other.file)
    expect((await load(other.file, { passphrase: PASSPHRASE })).liesOpen).toContain('murmuration key protect')
  })

  test('K7 what a cut left on the way is gone once the key is sealed', async () => {
    const { file, folder } = await place()
    const { key } = await load(file)
    const traces = ['device.key.new', 'device.key.0123456789abcdef.new']
    for (const trace of traces) await writeFile(join(folder, trace), `${toHex(key.seed)}\n`)
    await protectKey(file, { vaults: {}, newPassphrase: answer(PASSPHRASE), random: systemRandom, cost: CHEAP })
    expect(await readdir(folder)).toEqual(['device.key'])
    for (const trace of traces) await writeFile(join(folder, trace), `${toHex(key.seed)}\n`)
    await load(file, { passphrase: PASSPHRASE })
    expect(await readdir(folder)).toEqual(['device.key'])
  })

  test('K7 a key that comes in its place is kept as it was', async () => {
    const { folder, file } = await place()
    const asked = { askPassphrase: async () => await Promise.resolve(PASSPHRASE) }
    await load(file, { passphrase: PASSPHRASE })
    const opened = await openDataFolder(folder, systemRandom, asked)
    const renewed = await opened.renewKey(systemRandom)
    expect(renewed.device).not.toBe(opened.key.device)
    expect(await keyRestOf(file)).toEqual({ device: renewed.device, rests: 'passphrase' })
    expect((await load(file, { passphrase: PASSPHRASE })).key.device).toBe(renewed.device)
  })
})

describe('K8 a key in a key store', () => {
  test('K8 a new key is sealed from the first byte on, and opens again', async () => {
    const { file, keyStore } = await place()
    const { key, liesOpen } = await load(file, { keyStore: fileVault(keyStore) })
    expect(liesOpen).toBeUndefined()
    expect(await keyRestOf(file)).toEqual({ device: key.device, rests: 'key-store' })
    expect(await readFile(file, 'utf8')).not.toContain(toHex(key.seed))
    expect((await load(file, { keyStore: fileVault(keyStore) })).key.device).toBe(key.device)
  })

  test('K8 a key that lies open moves in', async () => {
    const { file, folder, keyStore } = await place()
    const { key } = await load(file)
    expect((await load(file, { keyStore: fileVault(keyStore) })).key.device).toBe(key.device)
    expect(await keyRestOf(file)).toMatchObject({ rests: 'key-store' })
    expect(await modeOf(file)).toBe(0o600)
    expect(await readdir(folder)).toEqual(['device.key'])
  })

  test('K8 without an answering key store a key lies open, new or not, and that is said', async () => {
    const { file, keyStore } = await place()
    await writeFile(keyStore, '')
    const first = await load(file, { keyStore: fileVault(keyStore) })
    expect(first.liesOpen).toContain(file)
    const again = await load(file, { keyStore: fileVault(keyStore) })
    expect(again.key.device).toBe(first.key.device)
    expect(again.liesOpen).toBe(first.liesOpen)
    expect(await keyRestOf(file)).toMatchObject({ rests: 'file' })
  })

  test('K8 a key store that forgets at once gets nothing', async () => {
    const { file, keyStore } = await place()
    const { key } = await load(file)
    const forgetful = { ...fileVault(keyStore), unseal: async () => await Promise.resolve(new Uint8Array(32)) }
    const { liesOpen } = await load(file, { keyStore: forgetful })
    expect(liesOpen).toBeDefined()
    expect((await load(file)).key.device).toBe(key.device)
  })

  test('K8 one that has lost the secret, or does not answer, is named, and the file is left alone', async () => {
    const { file, keyStore } = await place()
    await load(file, { keyStore: fileVault(keyStore) })
    const before = await readFile(file, 'utf8')
    expect(await failure(load(file, { keyStore: fileVault(`${keyStore}-another`) }))).toBe('KEY_STORE_LOST')
    await expect(load(file, { keyStore: fileVault(`${keyStore}-another`) })).rejects.toThrow(/recovery phrase/)
    await writeFile(keyStore, '')
    expect(await failure(load(file, { keyStore: fileVault(keyStore) }))).toBe('KEY_STORE_UNAVAILABLE')
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  test('K8 whoever cannot ask the key store is told who can', async () => {
    const { file, folder, keyStore } = await place()
    await load(file, { keyStore: fileVault(keyStore) })
    const random = systemRandom
    expect(await failure(load(file, { passphrase: PASSPHRASE }))).toBe('KEY_IN_KEY_STORE')
    expect(await failure(protectKey(file, { vaults: {}, newPassphrase: answer(OTHER), random, cost: CHEAP }))).toBe(
      'KEY_IN_KEY_STORE',
    )
    expect(await failure(unprotectKey(file, { vaults: {}, random }))).toBe('KEY_IN_KEY_STORE')
    await expect(openDataFolder(folder, systemRandom)).rejects.toThrow(/desktop app/)
  })
})
