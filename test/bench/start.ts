import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { Child } from './child.ts'
import { newFolder } from './folders.ts'
import type { GossipCommands } from './gossip-process.ts'
import type { Figure } from './report.ts'
import { median, pause, sharedNow } from './statistics.ts'
import { openPeer } from './swarm.ts'

const ROUNDS = 5
const IDLE_MS = 10_000
const READY_TIMEOUT_MS = 30_000
const WANTED_BYTES = 150e6

const root = join(import.meta.dirname, '..', '..')
const SOURCE = join(root, 'src', 'cli', 'main.ts')
const BUILT = join(root, 'dist', 'cli.cjs')

interface Started {
  readonly milliseconds: number
  readonly idleBytes: number | undefined
}

/** A headless peer of a swarm, from spawning it to its line that it is ready; and its memory when left alone. */
export async function measureStart(): Promise<readonly Figure[]> {
  const folder = await folderOfSwarm()
  const programs = [
    { name: 'from source', file: SOURCE },
    ...(existsSync(BUILT) ? [{ name: 'built', file: BUILT }] : []),
  ].map((program) => ({ ...program, times: [] as number[], idle: 0 }))
  const bare: number[] = []
  let bareIdle = 0
  await startPeer(SOURCE, folder, 0)
  for (let round = 0; round < ROUNDS; round++) {
    const isLast = round === ROUNDS - 1
    for (const program of programs) {
      const { idleBytes, milliseconds } = await startPeer(program.file, folder, isLast ? IDLE_MS : 0)
      program.times.push(milliseconds)
      program.idle = idleBytes ?? 0
    }
    const { idleBytes, milliseconds } = await startBare(isLast ? IDLE_MS : 0)
    bare.push(milliseconds)
    bareIdle = idleBytes ?? 0
  }
  return programs.flatMap(({ idle, name, times }): Figure[] => [
    {
      name: `${name}: start until ready`,
      unit: 'ms',
      value: median(times),
      peer: { name: 'bare libp2p until it listens', value: median(bare) },
    },
    {
      name: `${name}: resident memory, idle`,
      unit: 'MB',
      value: idle / 1e6,
      peer: { name: 'bare libp2p with gossipsub', value: bareIdle / 1e6 },
      aim: { of: 'value', at: 'most', limit: WANTED_BYTES / 1e6 },
    },
  ])
}

async function folderOfSwarm(): Promise<string> {
  const folder = await newFolder()
  const peer = await openPeer(folder)
  await peer.call('create', { name: 'bench' })
  await peer.end()
  return folder
}

async function startPeer(file: string, folder: string, idleTime: number): Promise<Started> {
  const args = [file, '--data-dir', folder, '--json', 'up', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const startedAt = sharedNow()
  const child = spawn(process.execPath, args, {
    env: { ...process.env, MURMURATION_MDNS: 'off' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const late = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS + idleTime)
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.includes('"ready"')) continue
      const milliseconds = sharedNow() - startedAt
      if (idleTime === 0) return { milliseconds, idleBytes: undefined }
      await pause(idleTime)
      return { milliseconds, idleBytes: residentBytes(child.pid ?? 0) }
    }
    throw new Error(`${file} did not become ready`)
  } finally {
    child.kill('SIGTERM')
    await exited
    clearTimeout(late)
  }
}

async function startBare(idleTime: number): Promise<Started> {
  const startedAt = sharedNow()
  const node: Child<GossipCommands> = new Child('gossip-process.ts')
  try {
    await node.call('open', {})
    const milliseconds = sharedNow() - startedAt
    if (idleTime === 0) return { milliseconds, idleBytes: undefined }
    await pause(idleTime)
    return { milliseconds, idleBytes: residentBytes(node.pid) }
  } finally {
    await node.end()
  }
}

function residentBytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) * 1024
}
