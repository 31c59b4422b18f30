import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..', '..')

export interface Import {
  readonly line: number
  /** As written. */
  readonly specifier: string
  /** The file that it means, from the project's root; undefined for packages and Node's own modules. */
  readonly file: string | undefined
  /** `import('…')`, run only when it is reached. */
  readonly lazy: boolean
}

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string
  /** Without comments; each line where it was. */
  readonly code: readonly string[]
  readonly lines: number
  readonly imports: readonly Import[]
}

/** Every TypeScript file below `folder`, with what it imports; type imports count like others. */
export function sourceFiles(folder: string): SourceFile[] {
  const start = join(ROOT, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(read)
}

const STATIC = /^[ \t]*(?:import|export)\b(?:[^'"`;=()]*?\bfrom\s*)?\s*'([^']+)'/gm
const LAZY = /\bimport\(\s*'([^']+)'/g

function read(absolute: string): SourceFile {
  const text = readFileSync(absolute, 'utf8')
  const code = withoutComments(text)
  const found = (pattern: RegExp, lazy: boolean): Import[] =>
    [...code.matchAll(pattern)].map((match) => {
      const specifier = match[1] ?? ''
      const end = match.index + match[0].length
      const target = specifier.startsWith('.') ? toPath(resolve(dirname(absolute), specifier)) : undefined
      return { line: code.slice(0, end).split('\n').length, specifier, file: target, lazy }
    })
  return {
    path: toPath(absolute),
    code: code.split('\n'),
    lines: text.split('\n').length - 1,
    imports: [...found(STATIC, false), ...found(LAZY, true)],
  }
}

/** Blanks comments, keeping line breaks and whatever only looks like a comment inside a string. */
function withoutComments(text: string): string {
  const parts = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g
  return text.replace(parts, (part) => (part.startsWith('/') ? part.replace(/[^\n]/g, ' ') : part))
}

function toPath(absolute: string): string {
  return relative(ROOT, absolute).split(sep).join('/')
}
