import { simulate } from '../support/simulation.ts'
import { NetLab } from '../support/netlab.ts'
import { openSimulatedSwarm } from '../peer/simulated-many.ts'
import { SimulatedSwarm } from '../peer/simulated-swarm.ts'
import type { Figure } from './report.ts'
import { pause } from './statistics.ts'
import { endAll, openGossip, openSwarm } from './swarm.ts'

const REAL = [5, 20]
const SIMULATED = [20, 100]
/** What comes with a start is over after this. */
const SETTLE_MS = 20_000
const IDLE_MS = 30_000
const SIMULATED_MS = 60_000

/** What each peer of an idle swarm keeps open and sends: processes on loopback, and larger swarms simulated. */
export async function measureIdle(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const count of REAL) figures.push(...(await real(count)))
  for (const count of SIMULATED) figures.push(...(await simulated(count)))
  return figures
}

async function real(count: number): Promise<readonly Figure[]> {
  const ours = await onLoopback(async (wrapper) => {
    const peers = await openSwarm(count, { wrapper })
    const connections = async (): Promise<number> => {
      const all = await Promise.all(peers.map((peer) => peer.call('status', {})))
      return all.flatMap(({ machines }) => machines.filter(({ connection }) => connection !== null)).length / count
    }
    return { connections, end: () => endAll(peers) }
  })
  const bare = await onLoopback(async (wrapper) => {
    const nodes = await openGossip(count, { wrapper })
    return { connections: async () => count - 1, end: () => endAll(nodes) }
  })
  return [
    {
      name: `${count} processes: connections each`,
      unit: '',
      value: ours.connections,
      peer: { name: 'bare gossipsub, all with all', value: bare.connections },
    },
    {
      name: `${count} processes: bytes a second, sent by each`,
      unit: 'B/s',
      value: ours.bytes / count,
      peer: { name: 'bare gossipsub, all with all', value: bare.bytes / count },
      note: 'with all headers down to IP, as the loopback interface counts',
    },
  ]
}

interface Group {
  readonly connections: () => Promise<number>
  readonly end: () => Promise<void>
}

/** On a host of its own, whose loopback carries nothing else. */
async function onLoopback(
  open: (wrapper: readonly string[]) => Promise<Group>,
): Promise<{ readonly bytes: number; readonly connections: number }> {
  const lab = NetLab.lan(1)
  try {
    const group = await open(lab.wrapper('h1'))
    await pause(SETTLE_MS)
    const before = sentOn(lab)
    await pause(IDLE_MS)
    const bytes = ((sentOn(lab) - before) * 1000) / IDLE_MS
    const connections = await group.connections()
    await group.end()
    return { bytes, connections }
  } finally {
    lab.end()
  }
}

function sentOn(lab: NetLab): number {
  const [link] = JSON.parse(lab.run('h1', 'ip', '-s', '-j', 'link', 'show', 'dev', 'lo')) as [
    { readonly stats64: { readonly tx: { readonly bytes: number } } },
  ]
  return link.stats64.tx.bytes
}

async function simulated(count: number): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  await simulate({ seed: count, discovery: 'view' }, async (simulation) => {
    const peers = new SimulatedSwarm(simulation)
    await openSimulatedSwarm(peers, count)
    await simulation.clock.advance(SIMULATED_MS)
    const before = simulation.network.sent
    await simulation.clock.advance(SIMULATED_MS)
    const rate = ((simulation.network.sent - before) * 1000) / SIMULATED_MS / count
    figures.push(
      { name: `${count} simulated: connections each`, unit: '', value: (simulation.network.connections * 2) / count },
      { name: `${count} simulated: bytes a second, sent by each`, unit: 'B/s', value: rate },
    )
  })
  return figures
}
