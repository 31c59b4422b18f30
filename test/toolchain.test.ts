import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { temporaryFolder } from './support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')

describe('the toolchain', () => {
  test('runs on the pinned Node, not on the system’s', () => {
    const pinned: unknown = JSON.parse(readFileSync(join(ROOT, 'node_modules', 'node', 'package.json'), 'utf8'))
    expect(`v${Reflect.get(Object(pinned), 'version')}`).toBe(process.version)
    expect(process.version).toMatch(/^v24\./)
  })

  test('locks what it installs without naming a registry', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
    expect(lock).not.toMatch(/"resolved": "https?:/)
  })

  test('locks every dependency for every platform, so that npm ci takes the file', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((name) => !isLocked(packages, path, name))
        .map((name) => `${path} needs ${name}`),
    )
    expect(missing).toEqual([])
  })

  test('packs only native modules: everything else is bundled and so a devDependency', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Entry
    expect(Object.keys(manifest.dependencies ?? {})).toEqual(['classic-level', 'node-datachannel', 'sodium-native'])
  })

  test('refuses a promise that nobody waits for', async () => {
    const code = 'export async function work(): Promise<void> {}\nexport function careless(): void {\n  work()\n}\n'
    expect(await lint(code)).toContain('no-floating-promises')
    expect(await lint(code.replace('  work()', '  void work()'))).not.toContain('no-floating-promises')
  })
})

describe('the built programs', () => {
  test('stand alone: each loads nothing but Electron, Node and native modules', () => {
    const allowed = new Set(['electron', 'classic-level', 'node-datachannel', 'sodium-native'])
    for (const name of ['main', 'preload', 'peer', 'cli']) {
      expect(existsSync(join(DIST, `${name}.cjs`)), `dist/${name}.cjs is built by npm test`).toBe(true)
    }
    const foreign = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.cjs'))
      .flatMap((file) => required(file).map((id) => ({ file, id })))
      .filter(({ id }) => !id.startsWith('.') && !isBuiltin(id) && !allowed.has(id))
    expect(foreign).toEqual([])
  })

  test('the preload script is one file', () => {
    expect(required('preload.cjs')).toEqual(['electron'])
  })
})

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Lock {
  readonly packages: Readonly<Record<string, Entry>>
}

/** As Node looks a package up: beside the one that needs it, then folder by folder up to the root. */
function isLocked(packages: Lock['packages'], path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true
    if (folder === '') return false
  }
}

/** What a built program asks for at run time, apart from what is inside it. */
function required(file: string): string[] {
  const code = readFileSync(join(DIST, file), 'utf8')
  return [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map((match) => match[1] ?? '')
}

function isBuiltin(id: string): boolean {
  return process.getBuiltinModule(id) !== undefined
}

/** Lints `code` as if it were a file of a project with our rules, in a folder of its own. */
async function lint(code: string): Promise<string> {
  const folder = await temporaryFolder('lint')
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true }, include: ['.'] }))
  await writeFile(join(folder, 'probe.ts'), code)
  const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint')
  const result = spawnSync(process.execPath, [oxlint, '--config', join(ROOT, '.oxlintrc.json'), 'probe.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return result.stdout + result.stderr
}
