import { decodeInviteLink, encodeInviteLink } from '../../src/identity/roster/index.ts'
import { NetLab } from '../support/netlab.ts'
import type { Figure } from './report.ts'
import { median, percentile, poll, sharedNow } from './statistics.ts'
import type { PeerChild } from './swarm.ts'
import { endAll, openGossip, openPeer, openSwarm } from './swarm.ts'

const ROUNDS = 5
const CUTS = 3
const LAN_MS = 2000
const NAT_MS = 8000
const BACK_MS = 5000
const NOTICED_MS = 30_000
const EVERYWHERE = ['/ip4/0.0.0.0/tcp/4001']

/** From the call to join until a newcomer is let in and shows what was there; and back after a cut. */
export async function measureJoining(): Promise<readonly Figure[]> {
  const figures = [await onLoopback(), await back()]
  try {
    return [...figures, await onLan('mdns'), await onLan('addresses'), await throughNats()]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(`(f) without the lab, which needs root, namespaces and iptables: ${why}\n`)
    return figures
  }
}

async function founderWith(options: Parameters<typeof openPeer>[1] = {}): Promise<PeerChild> {
  const founder = await openPeer(undefined, options)
  await founder.call('create', { name: 'bench' })
  await founder.call('createChannel', { name: 'bench' })
  return founder
}

async function onLoopback(): Promise<Figure> {
  const founder = await founderWith()
  const bare: number[] = []
  const times: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const newcomer = await openPeer()
      const invite = await founder.call('invite', { uses: 1 })
      times.push((await newcomer.call('enter', { invite })).usable)
      await newcomer.end()
      bare.push(await bareMeeting())
    }
  } finally {
    await founder.end()
  }
  return {
    name: 'join by an address on loopback, until usable',
    unit: 'ms',
    value: median(times),
    peer: { name: 'bare libp2p: dial until subscribed', value: median(bare) },
    aim: { of: 'value', at: 'most', limit: LAN_MS },
    note: `the slowest of ${ROUNDS} took ${Math.round(percentile(times, 1))} ms`,
  }
}

async function bareMeeting(): Promise<number> {
  const nodes = await Promise.all([openGossip(1), openGossip(1)])
  const [listener, dialler] = nodes.flat()
  if (listener === undefined || dialler === undefined) throw new Error('two are needed')
  const [address = ''] = await listener.call('open', {})
  const startedAt = sharedNow()
  await dialler.call('dial', { address })
  await poll('subscribed', NOTICED_MS, async () => ((await dialler.call('neighbours', {})) === 1 ? true : undefined))
  const took = sharedNow() - startedAt
  await endAll([listener, dialler])
  return took
}

/** Two hosts on one cable that leads nowhere else. */
async function onLan(how: 'mdns' | 'addresses'): Promise<Figure> {
  const lab = NetLab.lan(2)
  const peer = { listen: EVERYWHERE, mdns: how === 'mdns' }
  const times: number[] = []
  try {
    const founder = await founderWith({ ...peer, wrapper: lab.wrapper('h1') })
    for (let round = 0; round < ROUNDS; round++) {
      const newcomer = await openPeer(undefined, { ...peer, wrapper: lab.wrapper('h2') })
      const link = decodeInviteLink(await founder.call('invite', { uses: 1 }))
      const invite = encodeInviteLink(how === 'mdns' ? { ...link, addresses: [] } : link)
      times.push((await newcomer.call('enter', { invite })).usable)
      await newcomer.end()
    }
    await founder.end()
  } finally {
    lab.end()
  }
  return {
    name: `join between two hosts of a LAN by ${how === 'mdns' ? 'mDNS alone' : 'address'}, until usable`,
    unit: 'ms',
    value: median(times),
    aim: { of: 'value', at: 'most', limit: LAN_MS },
    note: `the slowest of ${ROUNDS} took ${Math.round(percentile(times, 1))} ms`,
  }
}

/** The inviter and the newcomer behind a router each, that let in only what was asked for; one public member. */
async function throughNats(): Promise<Figure> {
  const homes = ['a', 'b'].map((name) => ({ name, nat: 'port-restricted' as const, hosts: 1 }))
  const lab = NetLab.internet({ publics: ['pub'], homes })
  const times: number[] = []
  try {
    const announce = [`/ip4/${lab.address('pub')}/tcp/4001`]
    const open = { listen: EVERYWHERE, wrapper: lab.wrapper('pub') }
    const pub = await founderWith({ ...open, announce })
    const inviter = await openPeer(undefined, { ...open, wrapper: lab.wrapper('a1') })
    await inviter.call('enter', { invite: await pub.call('invite', { uses: 1 }) })
    for (let round = 0; round < ROUNDS; round++) {
      const newcomer = await openPeer(undefined, { ...open, wrapper: lab.wrapper('b1') })
      times.push((await newcomer.call('enter', { invite: await inviter.call('invite', { uses: 1 }) })).usable)
      await newcomer.end()
    }
    await endAll([inviter, pub])
  } finally {
    lab.end()
  }
  return {
    name: 'join by the invite of somebody behind another NAT, until usable',
    unit: 'ms',
    value: median(times),
    aim: { of: 'value', at: 'most', limit: NAT_MS },
    note: `the slowest of ${ROUNDS} took ${Math.round(percentile(times, 1))} ms`,
  }
}

/** One of two is stopped until the other takes it for gone, and goes on. */
async function back(): Promise<Figure> {
  const [one, other] = await openSwarm(2)
  if (one === undefined || other === undefined) throw new Error('two are needed')
  const isConnected = async (): Promise<boolean> =>
    (await one.call('status', {})).machines.some(({ connection, self }) => !self && connection !== null)
  const until = async (what: string, wanted: boolean): Promise<number> => {
    const startedAt = sharedNow()
    await poll(what, NOTICED_MS, async () => ((await isConnected()) === wanted ? true : undefined))
    return sharedNow() - startedAt
  }
  const noticed: number[] = []
  const times: number[] = []
  try {
    for (let cut = 0; cut < CUTS; cut++) {
      process.kill(other.pid, 'SIGSTOP')
      noticed.push(await until('the cut noticed', false))
      process.kill(other.pid, 'SIGCONT')
      times.push(await until('back', true))
    }
  } finally {
    await endAll([one, other])
  }
  return {
    name: 'connected again after the end of a cut',
    unit: 'ms',
    value: median(times),
    aim: { of: 'value', at: 'most', limit: BACK_MS },
    note: `the cut was noticed after ${Math.round(median(noticed))} ms; bare libp2p does not dial again`,
  }
}
