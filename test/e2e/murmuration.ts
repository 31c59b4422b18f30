import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import { eventually } from '../support/eventually.ts'
import type { TestProcess } from '../support/processes.ts'
import { startProcess } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** The built command, as set-up leaves it before the tests. */
export const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs')
const COMMAND_TIMEOUT_MS = 60_000
/** Nothing leaves this machine: no search on the LAN, one port on loopback. */
const ON_LOOPBACK = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string
}

export interface Ready {
  readonly event: 'ready'
  readonly deviceId: string
  readonly addresses: readonly string[]
  readonly ui: string | null
}

/** Runs `node ARGS` to its end, its input closed. */
export async function runNode(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NO_COLOR: '1' },
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

/** One machine of the swarm: a folder, and the command used on it. */
export class Machine {
  readonly name: string
  readonly folder: string

  constructor(name: string, folder: string) {
    this.name = name
    this.folder = folder
  }

  static async fresh(name: string): Promise<Machine> {
    return new Machine(name, join(await temporaryFolder(name), 'data'))
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return await runNode([PROGRAM, ...args, '--data-dir', this.folder], options)
  }

  /** The value that a command prints with --json; throws where it fails. */
  async json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const outcome = await this.run([...args, '--json'], options)
    if (outcome.status !== 0 || outcome.stderr !== '') {
      throw new Error(`${this.name}: murmuration ${args.join(' ')} ended with ${outcome.status}: ${outcome.stderr}`)
    }
    return JSON.parse(outcome.stdout) as T
  }

  /** Starts a headless peer and waits until it is ready. */
  async up(args: readonly string[] = []): Promise<{ readonly process: TestProcess; readonly ready: Ready }> {
    const process = startProcess([
      PROGRAM,
      'up',
      '--json',
      '--name',
      this.name,
      ...ON_LOOPBACK,
      ...args,
      '--data-dir',
      this.folder,
    ])
    return { process, ready: await process.value<Ready>() }
  }

  /** A stream of `read --follow --json`. */
  follow(channel: string): TestProcess {
    return startProcess([PROGRAM, 'read', channel, '--follow', '--json', '--data-dir', this.folder])
  }

  async status(): Promise<PeerStatus> {
    return await this.json<PeerStatus>(['status'])
  }

  /** Waits until this machine has everything that the `machines` machines of the swarm have. */
  async synced(machines: number): Promise<PeerStatus> {
    return await eventually(
      async () => {
        const status = await this.status()
        return status.synced && status.machines.length === machines ? status : null
      },
      { what: `${this.name} being in step with ${machines} machines`, timeout: 30_000 },
    )
  }
}

/** Alice makes a swarm and runs; the others join on their fresh folders and run. */
export async function swarmOf(...names: readonly [string, ...string[]]) {
  const machines = await Promise.all(names.map((name) => Machine.fresh(name)))
  const [first, ...others] = machines
  if (first === undefined) throw new Error('a swarm has at least one machine')
  await first.json(['swarm', 'create', 'Studio Lisbon'])
  const peers = [await first.up()]
  const { invite } = await first.json<{ invite: string }>(['invite'])
  for (const machine of others) {
    await machine.json(['join', invite])
    peers.push(await machine.up())
  }
  return { machines, peers, invite }
}
