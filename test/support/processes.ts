import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

import { onTestFinished } from 'vitest'

import { EVENTUALLY_MS } from './eventually.ts'

/** Lines and characters of output that are kept, for failure messages and for late readers. */
const MAX_LINES = 100_000
const MAX_STDERR_CHARACTERS = 64 * 1024

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** A command that goes before Node, such as `['unshare', '-n']`. */
  readonly wrapper?: readonly string[]
  /** Runs this instead of Node with a file; for shells. */
  readonly command?: string
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const running = new Set<TestProcess>()
process.on('exit', () => {
  for (const one of running) one.killGroup()
})

/**
 * Starts `args` (a file and its arguments) with the Node that runs the tests. The process and all that it starts are
 * killed when the running test ends, however it ends.
 */
export function startProcess(args: readonly string[], options: StartOptions = {}): TestProcess {
  const [command = '', ...rest] = [...(options.wrapper ?? []), options.command ?? process.execPath, ...args]
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    // A group of its own, so that what it starts goes with it.
    detached: true,
  })
  const one = new TestProcess(child, [command, ...rest].join(' '))
  running.add(one)
  void one.exited.then(() => running.delete(one))
  onTestFinished(async () => {
    one.killGroup()
    await one.exited
  })
  return one
}

export class TestProcess {
  /** What it printed so far, a line each. */
  readonly lines: string[] = []
  readonly exited: Promise<Exit>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #name: string
  #stderr = ''
  #exit: Exit | undefined
  #wake: () => void = () => undefined
  #change = this.#nextChange()

  constructor(child: ChildProcessWithoutNullStreams, name: string) {
    this.#child = child
    this.#name = name
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (this.lines.length < MAX_LINES) this.lines.push(line)
      this.#changed()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-MAX_STDERR_CHARACTERS)
    })
    // A child that has ended may be written to in the same moment.
    child.stdin.on('error', () => undefined)
    this.exited = new Promise((resolve) => {
      const ended = (exit: Exit): void => {
        this.#exit = exit
        this.#changed()
        resolve(exit)
      }
      child.on('error', (error) => {
        this.#stderr += error.message
        ended({ code: null, signal: null })
      })
      child.on('close', (code, signal) => ended({ code, signal }))
    })
  }

  /** @throws where the process could not be started */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#name} could not be started: ${this.#stderr}`)
    return this.#child.pid
  }

  get stderr(): string {
    return this.#stderr
  }

  /** The lines that are JSON. */
  get values(): unknown[] {
    return this.lines.flatMap((line) => {
      const value = parseJson(line)
      return value === undefined ? [] : [value]
    })
  }

  write(text: string): void {
    this.#child.stdin.write(text)
  }

  endInput(text = ''): void {
    this.#child.stdin.end(text)
  }

  /** The first line, from the `from`-th on, that `accept` takes. */
  async line(
    accept: (line: string) => boolean = () => true,
    options: { readonly from?: number; readonly timeout?: number } = {},
  ): Promise<string> {
    const timeout = options.timeout ?? EVENTUALLY_MS
    const deadline = performance.now() + timeout
    let at = options.from ?? 0
    for (;;) {
      const change = this.#change
      for (; at < this.lines.length; at++) {
        const line = this.lines[at] ?? ''
        if (accept(line)) return line
      }
      if (this.#exit !== undefined) throw new Error(`${this.#describe()} ended (${this.#ending()}) without the line`)
      if (!(await withinTime(change, deadline - performance.now()))) {
        throw new Error(`${this.#describe()} did not print the line within ${timeout} ms`)
      }
    }
  }

  /** The first line of JSON that `accept` takes, parsed. */
  async value<T = unknown>(accept: (value: T) => boolean = () => true, options: { timeout?: number } = {}): Promise<T> {
    const line = await this.line((text) => {
      const value = parseJson(text)
      return value !== undefined && accept(value as T)
    }, options)
    return parseJson(line) as T
  }

  /** Resolves when it ended by itself with status 0. */
  async succeeded(): Promise<void> {
    const exit = await this.exited
    if (exit.code !== 0) throw new Error(`${this.#describe()} ended (${this.#ending()})`)
  }

  /** Asks it to end (SIGTERM by default) and waits until it has. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.#child.kill(signal)
    return await this.exited
  }

  /** `kill -9`: nothing in it runs any further. */
  async kill9(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exited
  }

  killGroup(): void {
    if (this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // Nothing of the group is left.
    }
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #changed(): void {
    const wake = this.#wake
    this.#change = this.#nextChange()
    wake()
  }

  #ending(): string {
    return this.#exit?.signal ?? `status ${this.#exit?.code}`
  }

  #describe(): string {
    const tail = this.lines.slice(-5).join('\n')
    return `${this.#name}\n--- last lines\n${tail}\n--- stderr\n${this.#stderr.slice(-2000)}\n---`
  }
}

async function withinTime(change: Promise<void>, time: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, time), false)
  })
  try {
    return await Promise.race([change.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}
