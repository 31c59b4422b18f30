import { createColors } from 'picocolors'

import type { Output, Terminal } from './terminal.ts'
import { printable } from './text/printable.ts'

export type Colours = ReturnType<typeof createColors>

/** How a command speaks: values for programs, text for eyes; what is no result goes to stderr. */
export interface Printer {
  readonly json: boolean
  /** For text on stdout; without effect where stdout is no terminal, or with NO_COLOR. */
  readonly colours: Colours
  /** A command's result: the value with --json, else the text, which is made only then. */
  result(value: unknown, text: () => string): void
  /** Exactly these bytes or characters on stdout. */
  raw(text: string): void
  /** A passing remark for people who watch; nothing where nobody does. */
  remark(text: string): void
  /** The same, in the place of the progress that was said before, until `endProgress`. */
  progress(text: string): void
  endProgress(): void
}

/** To the beginning of the line, which is wiped. */
const ANEW = '\r\u001b[K'

export function createPrinter(terminal: Terminal, options: { readonly json: boolean }): Printer {
  const { stdout, stderr, env } = terminal
  const watched = stderr.isTTY === true && !options.json
  const faint = (text: string): string => createColors(coloured(stderr, env)).dim(printable(text))
  let open = false
  const endProgress = (): void => {
    if (open) stderr.write('\n')
    open = false
  }
  return {
    json: options.json,
    colours: createColors(coloured(stdout, env)),
    result(value, text) {
      const line = options.json ? JSON.stringify(value) : text()
      if (line !== '') stdout.write(`${line}\n`)
    },
    raw: (text) => {
      stdout.write(text)
    },
    remark(text) {
      endProgress()
      if (watched) stderr.write(`${faint(text)}\n`)
    },
    progress(text) {
      if (!watched) return
      stderr.write(`${open ? ANEW : ''}${faint(text)}`)
      open = true
    },
    endProgress,
  }
}

/** https://no-color.org: set and not empty means none. FORCE_COLOR is what many tools take for the opposite. */
function coloured(output: Output, env: Terminal['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0'
  return output.isTTY === true
}
