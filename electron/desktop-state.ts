import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import * as v from 'valibot'

const position = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000))
const extent = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(100_000))

const schema = v.object({
  window: v.optional(v.object({ x: position, y: position, width: extent, height: extent, maximised: v.boolean() })),
  /** Closing the window leaves the peer running, with a tray icon to come back by. */
  keepRunning: v.optional(v.boolean(), false),
})

export type DesktopState = v.InferOutput<typeof schema>
export type WindowState = NonNullable<DesktopState['window']>

/** What the desktop shell remembers about itself. Losing it costs a window's place, so a bad file counts as none. */
export class DesktopStateFile {
  readonly #file: string
  #state: DesktopState

  constructor(file: string) {
    this.#file = file
    this.#state = read(file)
  }

  get state(): DesktopState {
    return this.#state
  }

  /** Written at once and whole: the app may be killed on the next line. */
  update(change: Partial<DesktopState>): void {
    this.#state = { ...this.#state, ...change }
    try {
      mkdirSync(dirname(this.#file), { recursive: true })
      writeFileSync(`${this.#file}.new`, JSON.stringify(this.#state, null, 2))
      renameSync(`${this.#file}.new`, this.#file)
    } catch (error) {
      console.error(`The window's place could not be saved in ${this.#file}: ${String(error)}`)
    }
  }
}

function read(file: string): DesktopState {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(file, 'utf8')))
    if (parsed.success) return parsed.output
  } catch {
    // Missing or no JSON: the same as the first start.
  }
  return { keepRunning: false }
}
