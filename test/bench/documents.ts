import { existsSync } from 'node:fs'

import { Child } from './child.ts'
import { bytesIn } from './folders.ts'
import type { Figure } from './report.ts'
import { median, pause, percentile, poll } from './statistics.ts'
import type { PeerChild } from './swarm.ts'
import { endAll, openPeer, openSwarm } from './swarm.ts'
import type { YCommands } from './y-process.ts'
import { startYServer } from './y-server.ts'

const MEET_TIMEOUT_MS = 30_000
/** From the last edit until a checkpoint has taken the place of the edits: five seconds of quiet, and the work. */
const COMPACTION_MS = 20_000
const ROUNDS = 3
const REPLAYS = 1
const EDITS = 150
/** More than the time in which what is typed goes out together, as people type. */
const PERIOD_MS = 70

/** An editor in its own process, whatever carries its updates. */
interface EditorProcess {
  replay(file: string): Promise<{ readonly startedAt: number; readonly edits: number }>
  shows(file: string): Promise<number>
  type(options: { readonly count: number; readonly period: number }): Promise<void>
  latencies(): Promise<readonly number[]>
}

/** Editors on one document. */
interface Editors {
  readonly members: readonly EditorProcess[]
  /** Opens a new, empty document in all. */
  begin(): Promise<void>
  close(): Promise<void>
}

async function peerEditors(count: number): Promise<Editors & { readonly peers: readonly PeerChild[] }> {
  const peers = await openSwarm(count)
  let round = 0
  return {
    members: peers.map((peer) => ({
      replay: (file) => peer.call('replay', { file }),
      shows: (file) => peer.call('shows', { file }),
      type: (options) => peer.call('type', options),
      latencies: () => peer.call('latencies', {}),
    })),
    peers,
    async begin() {
      const [first] = peers
      if (first === undefined) throw new Error('no peer')
      const { id } = await first.call('createDocument', { title: `Bench ${round++}` })
      await poll('all have the document', MEET_TIMEOUT_MS, async () => {
        const lists = await Promise.all(peers.map((peer) => peer.call('documents', {})))
        return lists.every((list) => list.some((document) => document.id === id)) ? true : undefined
      })
      await Promise.all(peers.map((peer) => peer.call('openDocument', { document: id })))
    },
    close: () => endAll(peers),
  }
}

async function yEditors(count: number): Promise<Editors & { readonly clients: readonly Child<YCommands>[] }> {
  const server = await startYServer()
  const clients = Array.from({ length: count }, () => new Child<YCommands>('y-process.ts'))
  let round = 0
  return {
    members: clients.map((client) => ({
      replay: (file) => client.call('replay', { file }),
      shows: (file) => client.call('shows', { file }),
      type: (options) => client.call('type', options),
      latencies: () => client.call('latencies', {}),
    })),
    clients,
    async begin() {
      const room = `bench-${round++}`
      await Promise.all(clients.map((client) => client.call('openDocument', { url: server.url, room })))
    },
    async close() {
      await endAll(clients)
      await server.end()
    },
  }
}

/** An edit in one editor until the other shows it. */
export async function measureEdits(): Promise<readonly Figure[]> {
  const sides = [await peerEditors(2), await yEditors(2)]
  const latencies: number[][] = [[], []]
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [index, side] of sides.entries()) {
        await side.begin()
        const [writer, reader] = side.members
        if (writer === undefined || reader === undefined) throw new Error('two are needed')
        await writer.type({ count: EDITS, period: PERIOD_MS })
        const found = await poll('all edits are shown', MEET_TIMEOUT_MS, gather(reader, EDITS))
        // The first round warms up.
        if (round > 0) latencies[index]?.push(...found)
      }
    }
  } finally {
    await Promise.all(sides.map((side) => side.close()))
  }
  const [ours = [], theirs = []] = latencies
  return [0.5, 0.99].map((part) => ({
    name: `an edit until the other editor shows it: p${part * 100}`,
    unit: 'ms',
    value: percentile(ours, part),
    peer: { name: 'y-websocket', value: percentile(theirs, part) },
    aim: { of: 'ratio', at: 'most', limit: 1.2 },
  }))
}

function gather(reader: EditorProcess, count: number): () => Promise<readonly number[] | undefined> {
  const all: number[] = []
  return async () => {
    all.push(...(await reader.latencies()))
    return all.length >= count ? all : undefined
  }
}

/** A real editing history, typed at full speed, until two others show the text; and what is left of it on disk. */
export async function measureReplay(trace: string | undefined): Promise<readonly Figure[]> {
  if (trace === undefined || !existsSync(trace)) {
    process.stderr.write(
      '(a) skipped: there is no trace; give the path of one (docs/benchmarks.md says of which kind)\n',
    )
    return []
  }
  const times: number[][] = [[], []]
  const bytes = { before: 0, after: 0, state: 0 }
  let edits = 0
  for (let round = 0; round < REPLAYS; round++) {
    const ours = await peerEditors(3)
    try {
      const [first] = ours.peers
      const result = await replay(ours, trace)
      times[0]?.push(result.took)
      edits = result.edits
      if (round === REPLAYS - 1 && first !== undefined) {
        const folder = await first.call('folder', {})
        bytes.before = folder.bytes
        await pause(COMPACTION_MS)
        await ours.close()
        // Opened anew, so that what was deleted is let go.
        const again = await openPeer(folder.dataDirectory)
        await again.end()
        bytes.after = await bytesIn(folder.dataDirectory)
      }
    } finally {
      await ours.close()
    }
    const theirs = await yEditors(3)
    try {
      times[1]?.push((await replay(theirs, trace)).took)
      bytes.state = (await theirs.clients[0]?.call('stateBytes', {})) ?? 0
    } finally {
      await theirs.close()
    }
  }
  const state = { name: 'Y.encodeStateAsUpdate', value: bytes.state / 1000 }
  return [
    {
      name: `${edits.toLocaleString('en')} edits until two others show the text`,
      unit: 's',
      value: median(times[0] ?? []) / 1000,
      peer: { name: 'y-websocket', value: median(times[1] ?? []) / 1000 },
    },
    { name: 'bytes of the folder, before compaction', unit: 'kB', value: bytes.before / 1000, peer: state },
    {
      name: 'bytes of the folder, after compaction',
      unit: 'kB',
      value: bytes.after / 1000,
      peer: state,
      aim: { of: 'ratio', at: 'most', limit: 2 },
    },
  ]
}

async function replay(side: Editors, file: string): Promise<{ readonly took: number; readonly edits: number }> {
  await side.begin()
  const [writer, ...readers] = side.members
  if (writer === undefined) throw new Error('nobody types')
  const shown = readers.map((reader) => reader.shows(file))
  const { edits, startedAt } = await writer.replay(file)
  const ends = await Promise.all(shown)
  return { took: Math.max(...ends) - startedAt, edits }
}
