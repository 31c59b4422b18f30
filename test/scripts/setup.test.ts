import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { exclusively } from '../../scripts/exclusively.mjs'
import { whyInstall } from '../../scripts/installed.mjs'
import { isBuilt, sourcesHash, STAMP } from '../../scripts/sources.mjs'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NODE = join('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const INSTALLED = join('node_modules', '.package-lock.json')

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

function lock(packages: Readonly<Record<string, object>>): string {
  return JSON.stringify({ packages: { '': {}, ...packages } })
}

describe('installing', () => {
  const yjs = { 'node_modules/yjs': { version: '13.6.33' } }

  test('happens in a fresh clone', async () => {
    const folder = await temporaryFolder()
    await put(folder, { 'package-lock.json': lock(yjs) })
    expect(whyInstall(folder)).toBe('nothing is installed yet')
  })

  test('happens when the lock file names another version, whatever the times say', async () => {
    const folder = await temporaryFolder()
    await put(folder, { 'package-lock.json': lock(yjs), [INSTALLED]: lock(yjs), [NODE]: '' })
    expect(whyInstall(folder)).toBeUndefined()
    await utimes(join(folder, 'package-lock.json'), new Date('2100-01-01'), new Date('2100-01-01'))
    expect(whyInstall(folder)).toBeUndefined()
    await put(folder, { 'package-lock.json': lock({ 'node_modules/yjs': { version: '13.6.34' } }) })
    expect(whyInstall(folder)).toContain('yjs')
  })

  test('does not wait for packages of other platforms', async () => {
    const folder = await temporaryFolder()
    const wanted = { ...yjs, 'node_modules/oxlint-win32': { version: '1.0.0', optional: true } }
    await put(folder, { 'package-lock.json': lock(wanted), [INSTALLED]: lock(yjs), [NODE]: '' })
    expect(whyInstall(folder)).toBeUndefined()
  })

  test('happens again when the pinned Node is missing, as after --ignore-scripts', async () => {
    const folder = await temporaryFolder()
    await put(folder, { 'package-lock.json': lock(yjs), [INSTALLED]: lock(yjs) })
    expect(whyInstall(folder)).toContain('Node')
  })
})

describe('building', () => {
  test('happens when a source changed, came or went, and not otherwise', async () => {
    const folder = await temporaryFolder()
    await put(folder, { 'src/a.ts': 'a', 'renderer/b.tsx': 'b' })
    expect(isBuilt(folder)).toBe(false)
    const build = async (): Promise<void> => await put(folder, { [STAMP]: sourcesHash(folder) })
    await build()
    await utimes(join(folder, 'src/a.ts'), new Date('2100-01-01'), new Date('2100-01-01'))
    expect(isBuilt(folder)).toBe(true)
    for (const change of [
      () => put(folder, { 'src/a.ts': 'c' }),
      () => put(folder, { 'src/new/d.ts': '' }),
      () => rm(join(folder, 'renderer/b.tsx')),
    ]) {
      await change()
      expect(isBuilt(folder)).toBe(false)
      await build()
      expect(isBuilt(folder)).toBe(true)
    }
  })
})

describe('setting up in several terminals', () => {
  test('goes one after another', async () => {
    const file = join(await temporaryFolder(), 'setup.lock')
    let inside = 0
    const work = async (): Promise<void> => {
      inside++
      expect(inside).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
    }
    await Promise.all([exclusively(file, work), exclusively(file, work), exclusively(file, work)])
  })

  test('does not wait for one that was killed', async () => {
    const file = join(await temporaryFolder(), 'setup.lock')
    await writeFile(file, '4194999') // above the largest process id
    expect(await exclusively(file, () => 'done')).toBe('done')
  })

  test('lets the next one in after a failure', async () => {
    const file = join(await temporaryFolder(), 'setup.lock')
    await expect(exclusively(file, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network')
    expect(await exclusively(file, () => 'done')).toBe('done')
  })
})
