import { Readable } from 'node:stream'

import type { ApiClient } from '../../src/api/client/index.ts'
import { createApiClient } from '../../src/api/client/index.ts'
import { NotRunningError, channelPair, serveApi } from '../../src/api/index.ts'
import type { Clock } from '../../src/base/clock.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Ready } from '../../src/cli/detached.ts'
import type { OpenOptions, Peers, ServeOptions } from '../../src/cli/peers.ts'
import { realPeers } from '../../src/cli/real-peers.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import type { Input, Output, Terminal } from '../../src/cli/terminal.ts'
import type { Peer, PeerService } from '../../src/peer/service.ts'
import { FakeService, statusOf } from '../api/fake-service.ts'

export const FOLDER = '/data/alice'
export const NOW = 1_700_000_000_000

class Captured implements Output {
  text = ''
  columns = 120
  readonly isTTY: boolean
  readonly #onWrite: () => void

  constructor(isTTY: boolean, onWrite: () => void) {
    this.isTTY = isTTY
    this.#onWrite = onWrite
  }

  write(text: string): void {
    this.text += text
    this.#onWrite()
  }
}

export class FakePeer extends FakeService implements Peer {
  readonly #stopRequested = new AbortController()
  readonly stopRequested = this.#stopRequested.signal
  stopped = 0

  constructor() {
    super()
    this.handle('peer.status', () => statusOf())
    this.handle('peer.stop', () => {
      this.#stopRequested.abort()
      return undefined
    })
  }

  async stop(): Promise<void> {
    this.stopped++
    await Promise.resolve()
  }
}

export interface RunOptions {
  readonly tty?: boolean
  readonly input?: string | Uint8Array
  /** Typed at the terminal. */
  readonly typed?: string
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  /** No default folder is put before the arguments. */
  readonly bare?: boolean
}

function typedOrPiped({ input, typed }: RunOptions): Input {
  const given = typed ?? input
  const stream = Readable.from(given === undefined ? [] : [Buffer.from(given)])
  return Object.assign(stream, { isTTY: typed !== undefined })
}

/** A machine on which the command is run: which folders have a running peer, and what was opened and served. */
export class Machine {
  readonly running = new Map<string, PeerService>()
  readonly opened: OpenOptions[] = []
  readonly served: ServeOptions[] = []
  readonly closed: string[] = []
  readonly exits: number[] = []
  readonly detached: (readonly string[])[] = []
  hasData = false
  /** What a peer that this command starts does. */
  peer = new FakePeer()
  failOpening: Error | null = null
  failServing: Error | null = null
  /** Ends the next clients as a peer that goes does. */
  endClients: () => void = () => undefined
  stdout = ''
  stderr = ''
  readonly #stopListeners = new Set<(signal: NodeJS.Signals) => void>()

  /** Runs `murmuration ARGS` to its end. */
  async run(args: readonly string[], options: RunOptions = {}) {
    const stdout = new Captured(options.tty === true, () => {
      this.stdout = stdout.text
    })
    stdout.columns = options.columns ?? 120
    const stderr = new Captured(options.tty === true, () => {
      this.stderr = stderr.text
    })
    const terminal: Terminal = {
      stdout,
      stderr,
      stdin: typedOrPiped(options),
      env: options.env ?? {},
      platform: 'linux',
      home: '/home/alice',
      workingDirectory: '/work',
      clock: this.#clock,
      onStop: (listener) => {
        this.#stopListeners.add(listener)
        return { dispose: () => this.#stopListeners.delete(listener) }
      },
      exit: (status) => this.exits.push(status),
    }
    const all = options.bare === true ? args : ['--data-dir', FOLDER, ...args]
    const status = await runCli(all, { terminal, peers: this.#peers }, '1.2.3')
    return { status, stdout: stdout.text, stderr: stderr.text }
  }

  /** As Ctrl-C and kill do. */
  signal(signal: NodeJS.Signals): void {
    for (const listener of this.#stopListeners) listener(signal)
  }

  get listensForStop(): boolean {
    return this.#stopListeners.size > 0
  }

  monotonic = 0
  readonly #clock: Clock = { ...systemClock, now: () => NOW, monotonic: () => this.monotonic }

  readonly #peers: Peers = {
    connect: async (dataDirectory) => {
      const service = this.running.get(dataDirectory)
      if (service === undefined) throw new NotRunningError(dataDirectory)
      return await Promise.resolve(this.#client(service))
    },
    keys: realPeers().keys,
    detach: async (args) => {
      this.detached.push(args)
      this.running.set(FOLDER, this.peer)
      const ready: Ready = { event: 'ready', deviceId: 'alice', addresses: [], ui: null }
      return await Promise.resolve(ready)
    },
    hasData: async () => await Promise.resolve(this.hasData),
    open: async (options) => {
      this.opened.push(options)
      if (this.failOpening !== null) throw this.failOpening
      return await Promise.resolve(this.peer)
    },
    serve: async (_peer, options) => {
      this.served.push(options)
      if (this.failServing !== null) throw this.failServing
      return await Promise.resolve({
        ui: options.uiPort === null ? null : `http://127.0.0.1:${options.uiPort || 4321}/#token=t`,
        close: async () => {
          this.closed.push(`served, after ${this.peer.stopped} stop`)
          await Promise.resolve()
        },
      })
    },
  }

  #client(service: PeerService): ApiClient {
    const [server, client] = channelPair()
    const served = serveApi(service, server)
    this.endClients = () => served.dispose()
    return createApiClient(client)
  }
}

/** A machine whose folder has a running peer. */
export function machineWithPeer() {
  const machine = new Machine()
  const service = new FakeService()
  service.handle('peer.status', () => statusOf())
  machine.running.set(FOLDER, service)
  return { machine, service }
}
