import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import type { ApiClient } from '../../src/api/client/index.ts'
import type { Machine, Message, PeerStatus } from '../../src/api/contract/index.ts'
import { connectLocally, createApiClient } from '../../src/api/local-client.ts'
import { eventuallyPasses } from '../support/eventually.ts'
import type { Exit, StartOptions, TestProcess } from '../support/processes.ts'
import { startProcess } from '../support/processes.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
/** Compiled once and kept: a peer then starts in half the time, and these tests start many. */
const COMPILED = join(import.meta.dirname, '..', '..', '.cache', 'compiled-for-tests')
const ENVIRONMENT = { MURMURATION_MDNS: 'off', MURMURATION_LOG: 'debug', NODE_COMPILE_CACHE: COMPILED }
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
/** A start costs half a second alone, and several on a machine that is busy with builds. */
const START_MS = 40_000

export interface UpOptions extends Pick<StartOptions, 'wrapper'> {
  readonly folder: string
  readonly name?: string
  /** A free port of 127.0.0.1 unless given. */
  readonly listen?: string
  readonly mdns?: boolean
  /** A public address to tell others. */
  readonly announce?: string
}

/** The command line in a process of its own; no machine outside of this one, or of its lab, is spoken to. */
export function murmuration(
  args: readonly string[],
  options: Pick<StartOptions, 'wrapper'> & { readonly mdns?: boolean } = {},
): TestProcess {
  const { mdns = false, ...how } = options
  return startProcess([CLI, ...args], {
    ...how,
    env: mdns ? { ...ENVIRONMENT, MURMURATION_MDNS: 'on' } : ENVIRONMENT,
  })
}

/** A command that fails; resolves to its exit and what it said. */
export async function failing(process: TestProcess): Promise<Exit & { readonly stderr: string }> {
  return { ...(await process.exited), stderr: process.stderr }
}

/** `murmuration up` in a process of its own, and a client of it. Both end with the test. */
export class RealPeer {
  readonly folder: string
  readonly process: TestProcess
  readonly client: ApiClient
  readonly device: string

  private constructor(options: {
    readonly folder: string
    readonly process: TestProcess
    readonly client: ApiClient
    readonly device: string
  }) {
    this.folder = options.folder
    this.process = options.process
    this.client = options.client
    this.device = options.device
  }

  static async up(options: UpOptions): Promise<RealPeer> {
    const { announce, folder, listen = ANY_PORT, mdns = false, name, wrapper } = options
    const process = murmuration(
      [
        ...['up', '--json', '--data-dir', folder, '--listen', listen],
        ...(mdns ? [] : ['--no-mdns']),
        ...(name === undefined ? [] : ['--name', name]),
        ...(announce === undefined ? [] : ['--announce', announce]),
      ],
      { mdns, ...(wrapper === undefined ? {} : { wrapper }) },
    )
    const { deviceId } = await process.value<{ deviceId: string }>(() => true, { timeout: START_MS })
    const client = createApiClient(await connectLocally({ dataDirectory: folder }))
    onTestFinished(() => client.dispose())
    return new RealPeer({ folder, process, client, device: deviceId })
  }

  async status(): Promise<PeerStatus> {
    return await this.client.call('peer.status', {})
  }

  /** What it knows of another machine. */
  async machine(other: { readonly device: string }): Promise<Machine | undefined> {
    return (await this.status()).machines.find((machine) => machine.deviceId === other.device)
  }

  async notice(code: string): Promise<string | undefined> {
    return (await this.status()).notices.find((notice) => notice.code === code)?.text
  }

  /** A link with which so many come in. */
  async invite(options: { readonly uses?: number } = {}): Promise<string> {
    const { link } = await this.client.call('invite.create', options)
    if (link === null) throw new Error('an invite without a link')
    return link
  }

  async send(channel: string, text: string): Promise<string> {
    return (await this.client.call('message.send', { channel, text })).id
  }

  /** Every message of a channel, oldest first, page by page. */
  async messages(channel: string): Promise<readonly Message[]> {
    const all: Message[] = []
    for (let before: string | undefined; ; before = all[0]?.id) {
      const page = await this.client.call('message.read', {
        channel,
        limit: 500,
        ...(before === undefined ? {} : { before }),
      })
      all.unshift(...page.messages)
      if (!page.more) return all
    }
  }

  async texts(channel: string): Promise<readonly string[]> {
    return (await this.messages(channel)).map(({ text }) => text)
  }

  async kill9(): Promise<void> {
    this.client.dispose()
    await this.process.kill9()
  }

  async stop(): Promise<void> {
    this.client.dispose()
    await this.process.end()
  }
}

export interface SwarmOptions {
  /** Holds a data folder for each name. */
  readonly root: string
  readonly mdns?: boolean
  readonly wrapper?: readonly string[]
}

/** Peers of these names on folders of `root`; the first makes the swarm, the others join by its invite. */
export async function swarmOf(names: readonly string[], options: SwarmOptions): Promise<readonly RealPeer[]> {
  const { root, ...how } = options
  const peers = await Promise.all(names.map((name) => RealPeer.up({ ...how, name, folder: join(root, name) })))
  const [founder, ...joiners] = peers
  if (founder === undefined) return []
  await founder.client.call('swarm.create', { name: 'Studio', personName: names[0] ?? '' })
  const invite = await founder.invite({ uses: Math.max(1, joiners.length) })
  for (const [index, joiner] of joiners.entries()) {
    await joiner.client.call('swarm.join', { invite, personName: names[index + 1] ?? '' })
  }
  return peers
}

/** Waits until all of them say that they are in step with everybody. */
export async function allSynced(
  peers: readonly RealPeer[],
  options: { readonly timeout?: number } = {},
): Promise<void> {
  await eventuallyPasses(
    async () => {
      for (const peer of peers) {
        const { machines, missing, notAsked, synced } = await peer.status()
        const settled = synced && notAsked.length === 0 && machines.length === peers.length
        if (!settled) throw new Error(JSON.stringify({ machines: machines.length, missing, notAsked, synced }))
      }
    },
    { what: 'everybody in step', timeout: options.timeout ?? 30_000 },
  )
}
