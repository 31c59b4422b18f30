import { Child } from './child.ts'
import { newFolder } from './folders.ts'
import type { GossipCommands } from './gossip-process.ts'
import type { OpenOptions, PeerCommands } from './peer-process.ts'
import { poll } from './statistics.ts'

const MEET_TIMEOUT_MS = 60_000
/** In a larger swarm a peer keeps some connections only. */
const FEW = 6

interface Where {
  /** What goes before the command of each process. */
  readonly wrapper?: readonly string[]
}

export type PeerChild = Child<PeerCommands>
export type GossipChild = Child<GossipCommands>

export async function openPeer(
  dataDirectory?: string,
  { wrapper, ...how }: Omit<OpenOptions, 'dataDirectory'> & Where = {},
): Promise<PeerChild> {
  const child: PeerChild = new Child('peer-process.ts', wrapper)
  await child.call('open', { dataDirectory: dataDirectory ?? (await newFolder()), ...how })
  return child
}

/** Peers of a new swarm, each a process, when all know all, and are connected to all or, in a large one, to some. */
export async function openSwarm(count: number, where: Where = {}): Promise<readonly PeerChild[]> {
  const founder = await openPeer(undefined, where)
  await founder.call('create', { name: 'bench' })
  const invite = await founder.call('invite', { uses: Math.max(1, count - 1) })
  const peers = [founder]
  while (peers.length < count) {
    const peer = await openPeer(undefined, where)
    await peer.call('join', { invite })
    peers.push(peer)
  }
  await poll('the swarm is complete', MEET_TIMEOUT_MS, async () => {
    const all = await Promise.all(peers.map((peer) => peer.call('status', {})))
    const complete = all.every(
      ({ machines }) =>
        machines.length === count &&
        machines.filter(({ connection }) => connection !== null).length >= Math.min(count - 1, FEW),
    )
    return complete ? true : undefined
  })
  return peers
}

/** The same number of processes of bare gossipsub, all connected to all. */
export async function openGossip(count: number, { wrapper }: Where = {}): Promise<readonly GossipChild[]> {
  const nodes: GossipChild[] = []
  const addresses: string[] = []
  while (nodes.length < count) {
    const node: GossipChild = new Child('gossip-process.ts', wrapper)
    const [address = ''] = await node.call('open', {})
    for (const other of addresses) await node.call('dial', { address: other })
    nodes.push(node)
    addresses.push(address)
  }
  await poll('gossipsub is complete', MEET_TIMEOUT_MS, async () => {
    const neighbours = await Promise.all(nodes.map((node) => node.call('neighbours', {})))
    return neighbours.every((known) => known === count - 1) ? true : undefined
  })
  return nodes
}

/** The channel that one peer makes, when all have it. */
export async function commonChannel(peers: readonly PeerChild[]): Promise<string> {
  const [founder] = peers
  if (founder === undefined) throw new Error('a channel needs a peer')
  const { id } = await founder.call('createChannel', { name: 'bench' })
  await poll('all have the channel', MEET_TIMEOUT_MS, async () => {
    const lists = await Promise.all(peers.map((peer) => peer.call('channels', {})))
    return lists.every((list) => list.some((channel) => channel.id === id)) ? true : undefined
  })
  return id
}

export async function endAll(children: readonly { end(): Promise<void> }[]): Promise<void> {
  await Promise.all(children.map((child) => child.end()))
}
