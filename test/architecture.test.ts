import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { Import, SourceFile } from './support/source-files.ts'
import { sourceFiles } from './support/source-files.ts'

const SRC = sourceFiles('src')
const RENDERER = sourceFiles('renderer')
const ELECTRON = sourceFiles('electron')
const ALL = [...SRC, ...RENDERER, ...ELECTRON]
const BY_PATH = new Map(ALL.map((file) => [file.path, file]))

/**
 * The one-way order of the house (docs/architecture.md): what each part may import besides itself, type imports counted.
 * The contract of the API is only types and shapes; it stands below the peer, which fulfils it.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = (() => {
  const order = [
    ['base'],
    ['store', 'identity'],
    ['network'],
    ['journal'],
    ['documents', 'messaging', 'mailbox', 'files', 'jobs'],
    ['peer'],
    ['api'],
    ['cli'],
  ]
  const table: Record<string, readonly string[]> = { contract: ['base'] }
  for (const [index, parts] of order.entries()) {
    const below = order.slice(0, index).flat()
    for (const part of parts) table[part] = index >= 5 ? [...below, 'contract'] : below
  }
  // It carries opaque bytes, and needs no journal for that.
  table['mailbox'] = table['journal'] ?? []
  return table
})()

describe('the house', () => {
  test('each part of src imports only what stands to its left', () => {
    const wrong = offences(SRC, (file, { file: target }) => {
      const from = partOf(file.path)
      const to = target === undefined ? undefined : partOf(target)
      if (from === undefined) return 'lies in no part of the house'
      if (target === undefined || target === 'package.json' || to === from) return undefined
      if (to === undefined) return 'leaves src'
      return MAY_IMPORT[from]?.includes(to) === true ? undefined : `${from} may not import ${to}`
    })
    expect(wrong).toEqual([])
  })

  test('the page imports nothing of src but the API’s contract and client', () => {
    const wrong = offences(RENDERER, (_file, { file: target }) => {
      if (target === undefined || target.startsWith('renderer/')) return undefined
      return /^src\/api\/(contract|client)\//.test(target)
        ? undefined
        : 'is neither src/api/contract nor src/api/client'
    })
    expect(wrong).toEqual([])
  })

  test('what the page reaches needs no Node', () => {
    const reached = reachable(RENDERER)
    const wrong = offences(reached, (_file, { specifier }) => {
      const packageOfNode = specifier.startsWith('node:') || builtinModules.includes(specifier)
      return packageOfNode ? 'is Node’s, and the page has none' : undefined
    })
    expect(wrong).toEqual([])
  })

  test('the desktop shell starts the peer in its own program alone', () => {
    const wrong = offences(ELECTRON, (file, { file: target }) => {
      if (target === undefined || target.startsWith('electron/') || target.startsWith('src/base/')) return undefined
      // The app and the command line have to mean the same folder.
      if (target === 'src/peer/data-directory.ts') return undefined
      const peerProgram = file.path === 'electron/peer-process.ts'
      if (peerProgram && /^src\/(peer|api)\//.test(target)) return undefined
      return 'only electron/peer-process.ts reaches the peer'
    })
    expect(wrong).toEqual([])
  })

  test('no two files import each other, not even over others', () => {
    expect(cycles(ALL)).toEqual([])
  })

  test('no file imports the door of its own part', () => {
    const wrong = offences(ALL, (file, { file: target }) => {
      if (target === undefined || !/\/index\.tsx?$/.test(target)) return undefined
      const folder = target.slice(0, target.lastIndexOf('/') + 1)
      return file.path.startsWith(folder) && file.path !== target
        ? 'is the door of the folder that this file lies in'
        : undefined
    })
    expect(wrong).toEqual([])
  })
})

describe('packages', () => {
  const HOMES: readonly { readonly packages: RegExp; readonly homes: RegExp; readonly rule: string }[] = [
    {
      packages: /^(libp2p|@libp2p\/.*|@chainsafe\/libp2p-.*|@multiformats\/.*)$/,
      homes: /^src\/network\/libp2p\//,
      rule: 'libp2p stays in src/network/libp2p',
    },
    {
      packages: /^(yjs|y-protocols|lib0|y-codemirror\.next|@y\/.*)$/,
      homes: /^(src\/documents|renderer)\//,
      rule: 'Yjs stays in src/documents and the page',
    },
    { packages: /^electron$/, homes: /^electron\//, rule: 'electron stays in electron/' },
    { packages: /^classic-level$/, homes: /^src\/store\//, rule: 'LevelDB stays in src/store' },
    {
      packages: /^(react|react-dom|@mantine\/.*|@blocknote\/.*|@codemirror\/.*)$/,
      homes: /^renderer\//,
      rule: 'the page is in renderer/',
    },
  ]

  test('each stays where it belongs', () => {
    const wrong = offences(ALL, (file, { specifier }) => {
      const name = packageOf(specifier)
      return HOMES.find(({ packages, homes }) => name !== undefined && packages.test(name) && !homes.test(file.path))
        ?.rule
    })
    expect(wrong).toEqual([])
  })

  test('each is named in package.json', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
    const named = new Set(
      ['dependencies', 'devDependencies'].flatMap((field) => Object.keys(Object(Reflect.get(Object(manifest), field)))),
    )
    const wrong = offences(ALL, (_file, { specifier }) => {
      const name = packageOf(specifier)
      return name === undefined || named.has(name)
        ? undefined
        : `${name} comes only with another package; add it to package.json`
    })
    expect(wrong).toEqual([])
  })
})

describe('files', () => {
  const AMBIENT = /\b(Date\.now|Math\.random|performance\.now|setTimeout|setInterval|setImmediate)\b|\bnew Date\(\)/

  test('time and chance are handed in, outside src/base', () => {
    const wrong = SRC.filter((file) => !file.path.startsWith('src/base/')).flatMap((file) =>
      file.code.flatMap((line, index) => {
        const found = AMBIENT.exec(line)
        return found === null ? [] : [`${file.path}:${index + 1}: ${found[0]}; take the Clock or Random of src/base`]
      }),
    )
    expect(wrong).toEqual([])
  })

  test('none is longer than 400 lines', () => {
    expect(ALL.filter((file) => file.lines > 400).map((file) => `${file.path}: ${file.lines} lines`)).toEqual([])
  })

  test('names are kebab-case', () => {
    const name = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)+[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.tsx?$/
    expect(ALL.map((file) => file.path).filter((path) => !name.test(path))).toEqual([])
  })
})

/** `src/api/contract/calls.ts` → `contract`; `src/journal/entry.ts` → `journal`; outside of src: undefined. */
function partOf(path: string): string | undefined {
  if (path.startsWith('src/api/contract/')) return 'contract'
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || builtinModules.includes(specifier)) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** One line for each import that `judge` finds fault with: where, what, and why not. */
function offences(
  files: readonly SourceFile[],
  judge: (file: SourceFile, found: Import) => string | undefined,
): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((found) => {
      const fault = judge(file, found)
      return fault === undefined ? [] : [`${file.path}:${found.line}: '${found.specifier}': ${fault}`]
    }),
  )
}

/** The given files and all that they import, directly or not. */
function reachable(start: readonly SourceFile[]): SourceFile[] {
  const reached = new Set(start)
  for (const file of reached) {
    for (const { file: target } of file.imports) {
      const next = target === undefined ? undefined : BY_PATH.get(target)
      if (next !== undefined) reached.add(next)
    }
  }
  return [...reached]
}

/** Each cycle once, as "a.ts → b.ts → a.ts". */
function cycles(files: readonly SourceFile[]): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: SourceFile, trail: readonly string[]): void => {
    state.set(file.path, 'open')
    const here = [...trail, file.path]
    for (const { file: target } of file.imports) {
      const next = target === undefined ? undefined : BY_PATH.get(target)
      if (next === undefined || state.get(next.path) === 'done') continue
      if (state.get(next.path) === 'open') found.push([...here.slice(here.indexOf(next.path)), next.path].join(' → '))
      else visit(next, here)
    }
    state.set(file.path, 'done')
  }
  for (const file of files) if (!state.has(file.path)) visit(file, [])
  return found
}
