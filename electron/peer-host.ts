import { createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import type { MessagePortMain, UtilityProcess } from 'electron'
import { utilityProcess } from 'electron'

import type { FromPeer, KeyStoreAnswer, KeyStoreRequest, ToPeer } from './peer-messages.ts'
import { restartBudget } from './restart-budget.ts'

/** A peer that dies more often than this has a reason that starting it again does not cure. */
const RESTARTS = 5
const RESTART_WINDOW_MS = 60_000

/** After this long without an end the process is killed: its store survives that, a hanging quit annoys. */
const STOP_TIMEOUT_MS = 10_000

/** What the process printed is kept for one earlier run. */
const MAX_OUTPUT_BYTES = 5 * 1024 * 1024

export interface PeerHostOptions {
  /** The peer's program. */
  readonly program: string
  readonly dataDirectory: string
  /** Collects what the process prints, crashes included. */
  readonly outputFile: string
  /** Has the system's key store seal or open the device key. */
  readonly askKeyStore: (request: KeyStoreRequest) => KeyStoreAnswer
  /** A fresh process runs: pages need a new port. */
  readonly onStarted: () => void
  /** The peer cannot run; `message` says why and what to do. It is not started again. */
  readonly onFailed: (message: string) => void
  readonly onStopRequested: () => void
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly process: UtilityProcess }
  | { readonly kind: 'stopping'; readonly ended: Promise<void> }
  | { readonly kind: 'ended' }

/** Runs the peer in a process of its own and starts it again when it dies, within bounds. */
export class PeerHost {
  readonly #options: PeerHostOptions
  readonly #budget = restartBudget({ restarts: RESTARTS, windowMs: RESTART_WINDOW_MS })
  #state: State = { kind: 'idle' }

  constructor(options: PeerHostOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#state.kind !== 'idle') return
    this.#launch()
  }

  /** Hands the far end of `port` to the peer. Without a running peer the port is closed, and another is due later. */
  connect(port: MessagePortMain): void {
    if (this.#state.kind === 'running') this.#post(this.#state.process, { type: 'port' }, [port])
    else port.close()
  }

  wake(): void {
    if (this.#state.kind === 'running') this.#post(this.#state.process, { type: 'wake' })
  }

  /** Resolves once the process is gone. Idempotent. */
  async stop(): Promise<void> {
    const state = this.#state
    if (state.kind === 'stopping') await state.ended
    if (state.kind === 'idle') this.#state = { kind: 'ended' }
    if (state.kind !== 'running') return
    const ended = new Promise<void>((resolve) => {
      const timer = setTimeout(() => state.process.kill(), STOP_TIMEOUT_MS)
      state.process.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.#state = { kind: 'stopping', ended }
    this.#post(state.process, { type: 'stop' })
    await ended
    this.#state = { kind: 'ended' }
  }

  #launch(): void {
    const { program, dataDirectory, outputFile } = this.#options
    const child = utilityProcess.fork(program, ['--data-dir', dataDirectory], {
      serviceName: 'Murmuration peer',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#state = { kind: 'running', process: child }
    keepOutput(child, outputFile)
    child.on('message', (message: FromPeer) => this.#receive(child, message))
    child.once('exit', (code) => this.#exited(child, code))
    child.once('spawn', () => this.#options.onStarted())
  }

  #receive(child: UtilityProcess, message: FromPeer): void {
    switch (message.type) {
      case 'ready':
        return
      case 'key-store':
        this.#post(child, { type: 'key-store', answer: this.#options.askKeyStore(message.request) })
        return
      case 'failed':
        if (this.#state.kind === 'running') this.#state = { kind: 'ended' }
        this.#post(child, { type: 'stop' })
        this.#options.onFailed(message.message)
        return
      case 'stop-requested':
        this.#options.onStopRequested()
        return
    }
  }

  #exited(child: UtilityProcess, code: number): void {
    if (this.#state.kind !== 'running' || this.#state.process !== child) return
    console.error(`The peer's process ended (exit status ${code}); see ${this.#options.outputFile}`)
    if (this.#budget.spend(performance.now())) {
      this.#launch()
      return
    }
    this.#state = { kind: 'ended' }
    this.#options.onFailed(
      `The part of Murmuration that talks to other machines ended ${RESTARTS + 1} times within a minute, so it is not started again. ` +
        `What it said is in ${this.#options.outputFile}. Quit and start Murmuration; nothing that was saved is lost.`,
    )
  }

  #post(child: UtilityProcess, message: ToPeer, ports: MessagePortMain[] = []): void {
    child.postMessage(message, ports)
  }
}

/** Appends what the process prints to `file`, after moving a large one aside. */
function keepOutput(child: UtilityProcess, file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    if (sizeOf(file) > MAX_OUTPUT_BYTES) {
      rmSync(`${file}.1`, { force: true })
      renameSync(file, `${file}.1`)
    }
  } catch (error) {
    console.error(`${file} cannot be moved aside: ${String(error)}`)
  }
  const output = createWriteStream(file, { flags: 'a' })
  output.on('error', (error) => console.error(`${file} cannot be written: ${error.message}`))
  const write = (chunk: Buffer): void => {
    process.stderr.write(chunk)
    if (!output.errored) output.write(chunk)
  }
  child.stdout?.on('data', write)
  child.stderr?.on('data', write)
  child.once('exit', () => output.end())
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
