import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { join } from 'node:path'

import type { Commands } from './serve-commands.ts'

/** No command of a benchmark takes longer. */
const COMMAND_TIMEOUT_MS = 240_000

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const running = new Set<Child<Commands>>()
process.on('exit', () => {
  for (const child of running) child.kill()
})

export async function endAllChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.end()))
}

/** A process of its own that obeys the commands that its script serves. */
export class Child<Served extends Commands> {
  readonly #process: ChildProcess
  readonly #script: string
  readonly #pending = new Map<number, Pending>()
  readonly #exited: Promise<void>
  #next = 0
  #stderr = ''

  /** @param wrapper what goes before the command, as to run it on a host of a lab */
  constructor(script: string, wrapper: readonly string[] = []) {
    this.#script = script
    const [execPath = process.execPath, ...execArgv] = [...wrapper, process.execPath, ...profileArguments(script)]
    this.#process = fork(join(import.meta.dirname, script), [], {
      serialization: 'advanced',
      env: { ...process.env, MURMURATION_MDNS: 'off' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execPath,
      execArgv,
    })
    running.add(this)
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-4000)
    })
    this.#process.on('message', (message) => this.#onMessage(message as Answer))
    this.#exited = new Promise((resolve) => {
      this.#process.on('exit', () => {
        running.delete(this)
        for (const pending of this.#pending.values()) {
          clearTimeout(pending.timer)
          pending.reject(new Error(`${script} ended: ${this.#stderr}`))
        }
        this.#pending.clear()
        resolve()
      })
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  async call<Name extends keyof Served & string>(
    name: Name,
    parameters: Parameters<Served[Name]>[0],
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    return await new Promise((resolve, reject) => {
      const id = this.#next++
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new Error(`${this.#script} did not finish "${name}" in time: ${this.#stderr}`))
      }, COMMAND_TIMEOUT_MS)
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer })
      this.#process.send({ id, name, parameters })
    })
  }

  #onMessage({ error, id, value }: Answer): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    if (error === undefined) pending.resolve(value)
    else pending.reject(new Error(`${this.#script}: ${error}`))
  }

  /** Ends it in order, and by force where it does not. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    if (this.#process.connected) this.#process.disconnect()
    const late = setTimeout(() => this.kill(), 10_000)
    await this.#exited
    clearTimeout(late)
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** BENCH_PROFILE=folder leaves a CPU profile of each child there. */
function profileArguments(script: string): string[] {
  const folder = process.env['BENCH_PROFILE']
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(folder, script)}`]
}
