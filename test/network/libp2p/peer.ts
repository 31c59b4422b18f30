import { fileURLToPath } from 'node:url'

import type { DeviceId } from '../../../src/base/ids.ts'
import { eventually } from '../../support/eventually.ts'
import type { StartOptions, TestProcess } from '../../support/processes.ts'
import { startProcess } from '../../support/processes.ts'
import { testKey } from './identities.ts'
import type { Command, PeerOptions } from './peer-process.ts'

const SCRIPT = fileURLToPath(new URL('peer-process.ts', import.meta.url))

interface Line {
  readonly event?: string
  readonly id?: number
  readonly device?: string
  readonly addresses?: readonly string[]
  readonly text?: string
  readonly value?: unknown
  readonly error?: string
  readonly message?: string
}

/** A peer in a process of its own. */
export class PeerProcess {
  readonly process: TestProcess
  readonly device: DeviceId
  readonly name: string
  #addresses: readonly string[] = []
  #commands = 0

  static async start(options: PeerOptions, wrap: StartOptions = {}): Promise<PeerProcess> {
    const peer = new PeerProcess(options, startProcess([SCRIPT, JSON.stringify(options)], wrap))
    const ready = await peer.process.value<Line>((line) => line.event === 'ready', { timeout: 30_000 })
    peer.#addresses = ready.addresses ?? []
    return peer
  }

  private constructor(options: PeerOptions, process: TestProcess) {
    this.name = options.name
    this.device = testKey(options.name).device
    this.process = process
  }

  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** Does something in the peer; fails with the code of its failure. */
  async do<T = unknown>(command: Command): Promise<T> {
    this.#commands++
    const id = this.#commands
    this.process.write(`${JSON.stringify({ id, ...command })}\n`)
    const answer = await this.process.value<Line>((line) => line.id === id, { timeout: 60_000 })
    if (answer.error !== undefined) throw new Error(`${answer.error}: ${answer.message}`)
    return answer.value as T
  }

  connect(other: PeerProcess): Promise<unknown> {
    return this.do({ do: 'connect', addresses: other.addresses })
  }

  async neighbours(): Promise<readonly DeviceId[]> {
    const peers = await this.do<{ readonly device: DeviceId }[]>({ do: 'peers' })
    return peers.map(({ device }) => device)
  }

  /** Events of one kind, of one other peer where given. */
  events(event: string, device?: DeviceId): readonly Line[] {
    const lines = this.process.values as readonly Line[]
    return lines.filter((line) => line.event === event && (device === undefined || line.device === device))
  }

  heard(): readonly string[] {
    return this.events('heard').map(({ text }) => text ?? '')
  }

  async stop(): Promise<void> {
    this.process.write(`${JSON.stringify({ id: 0, do: 'stop' })}\n`)
    await this.process.exited
  }
}

/** Waits until each peer has exactly the others for neighbours. */
export async function allConnected(peers: readonly PeerProcess[], timeout = 15_000): Promise<void> {
  await eventually(
    async () => {
      for (const peer of peers) {
        const others = peers.filter((other) => other !== peer).map(({ device }) => device)
        const neighbours = await peer.neighbours()
        if (!others.every((device) => neighbours.includes(device))) return false
      }
      return true
    },
    { timeout, what: `${peers.map(({ name }) => name).join(', ')} all connected` },
  )
}
