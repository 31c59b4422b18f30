import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import type { ConnectedPeer, ReachReport } from '../../src/network/network.ts'
import { PeerProcess } from '../network/libp2p/peer.ts'
import type { PeerOptions } from '../network/libp2p/peer-process.ts'
import { eventually, eventuallyPasses } from '../support/eventually.ts'
import { startProcess } from '../support/processes.ts'
import type { Nat } from '../support/netlab.ts'
import { NetLab } from '../support/netlab.ts'
import { describeWith } from '../support/requires.ts'

const UPNP_ROUTER = fileURLToPath(new URL('upnp-router.ts', import.meta.url))
const EVERYWHERE = ['/ip4/0.0.0.0/tcp/4001']

/** Two homes behind NATs, and members on the internet that relay. */
class TwoHomes {
  readonly lab: NetLab
  readonly relays: readonly string[]

  constructor(a: Nat, b: Nat, relays: readonly string[] = ['pub']) {
    this.relays = relays
    this.lab = NetLab.internet({
      publics: relays,
      homes: [
        { name: 'a', nat: a, hosts: 1 },
        { name: 'b', nat: b, hosts: 1 },
      ],
    })
    onTestFinished(() => this.lab.end())
  }

  startRelay(host: string): Promise<PeerProcess> {
    const announce = [`/ip4/${this.lab.address(host)}/tcp/4001`]
    return this.start(host, { announce })
  }

  start(host: string, options: Omit<PeerOptions, 'name'> = {}): Promise<PeerProcess> {
    return PeerProcess.start({ name: host, listen: EVERYWHERE, ...options }, { wrapper: this.lab.wrapper(host) })
  }

  /** Alice and bob, each at home, who know the relays alone. */
  async startBoth(): Promise<{ alice: PeerProcess; bob: PeerProcess; relays: readonly PeerProcess[] }> {
    const relays = await Promise.all(this.relays.map((host) => this.startRelay(host)))
    const [alice, bob] = await Promise.all([this.start('a1'), this.start('b1')])
    for (const peer of [alice, bob]) for (const relay of relays) await peer.connect(relay)
    return { alice, bob, relays }
  }
}

async function linkBetween(from: PeerProcess, to: PeerProcess): Promise<ConnectedPeer | undefined> {
  const peers = await from.do<readonly ConnectedPeer[]>({ do: 'peers' })
  return peers.find(({ device }) => device === to.device)
}

async function untilRoute(
  from: PeerProcess,
  to: PeerProcess,
  routes: readonly string[],
  timeout = 20_000,
): Promise<number> {
  const began = performance.now()
  await eventually(async () => routes.includes((await linkBetween(from, to))?.route ?? ''), {
    timeout,
    what: `${from.name} is connected to ${to.name}: ${routes.join(' or ')}`,
  })
  return performance.now() - began
}

/** Waits until both are connected through this relay. */
async function bothVia(one: PeerProcess, other: PeerProcess, relay: PeerProcess | undefined): Promise<void> {
  await eventually(
    async () => {
      const links = [await linkBetween(one, other), await linkBetween(other, one)]
      return links.every((link) => link !== undefined && link.via === relay?.device)
    },
    { timeout: 10_000, what: 'the other relay carries' },
  )
}

/** Streams of ten megabytes both ways, and gossip. */
async function worksFully(one: PeerProcess, other: PeerProcess): Promise<void> {
  const both = await Promise.all([
    one.do<{ received: number }>({ do: 'send', device: other.device, count: 20, size: 500_000 }),
    other.do<{ received: number }>({ do: 'send', device: one.device, count: 20, size: 500_000 }),
  ])
  expect(both.map(({ received }) => received)).toEqual([10_000_000, 10_000_000])
  await other.do({ do: 'subscribe', topic: 'topic' })
  let marks = 0
  await eventually(async () => {
    marks++
    await one.do({ do: 'publish', topic: 'topic', text: `mark ${marks}` })
    return other.heard().length > 0
  })
}

describeWith('netlab')('behind NATs', () => {
  test('N55 two port-restricted homes are direct within 2 s of meeting, and everything works', async () => {
    const homes = new TwoHomes('port-restricted', 'port-restricted')
    const { alice, bob } = await homes.startBoth()
    await untilRoute(alice, bob, ['relayed', 'punched'])
    const took = await untilRoute(alice, bob, ['punched'])
    console.log(`direct after ${took.toFixed(0)} ms`)
    expect(took).toBeLessThan(2000)
    await untilRoute(bob, alice, ['punched'], 2000)
    await worksFully(alice, bob)
    expect((await linkBetween(alice, bob))?.route).toBe('punched')
    expect((await alice.do<ReachReport>({ do: 'reach' })).relays).toHaveLength(1)
  })

  test.each([
    ['port-restricted', 'symmetric'],
    ['symmetric', 'symmetric'],
  ] as const)('N55 N51 a %s and a %s home stay relayed, and everything works', async (a, b) => {
    const homes = new TwoHomes(a, b)
    const { alice, bob, relays } = await homes.startBoth()
    await untilRoute(alice, bob, ['relayed'])
    await untilRoute(bob, alice, ['relayed'])
    await worksFully(alice, bob)
    // An attempt to go direct was given up by then, and has disturbed nothing.
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    expect(await linkBetween(alice, bob)).toMatchObject({ route: 'relayed', via: relays[0]?.device })
    expect(alice.events('disconnected', bob.device)).toEqual([])
  })

  test('N52 the relay dies, and another one carries within 10 s', async () => {
    const homes = new TwoHomes('symmetric', 'symmetric', ['pub', 'second'])
    const { alice, bob, relays } = await homes.startBoth()
    await untilRoute(alice, bob, ['relayed'])
    await eventually(async () => (await alice.do<ReachReport>({ do: 'reach' })).relays.length === 2)
    await eventually(async () => (await bob.do<ReachReport>({ do: 'reach' })).relays.length === 2)
    const via = (await linkBetween(alice, bob))?.via
    const dying = relays.find(({ device }) => device === via)
    const staying = relays.find(({ device }) => device !== via)
    const began = performance.now()
    await dying?.process.kill9()
    await bothVia(alice, bob, staying)
    console.log(`the other relay carried after ${(performance.now() - began).toFixed(0)} ms`)
    await worksFully(alice, bob)
  })

  test('N52 the relay goes silent, and another one carries within 10 s', async () => {
    const homes = new TwoHomes('symmetric', 'symmetric', ['pub', 'second'])
    const { alice, bob, relays } = await homes.startBoth()
    await untilRoute(alice, bob, ['relayed'])
    await eventually(async () => (await alice.do<ReachReport>({ do: 'reach' })).relays.length === 2)
    await eventually(async () => (await bob.do<ReachReport>({ do: 'reach' })).relays.length === 2)
    const via = (await linkBetween(alice, bob))?.via
    const at = relays.findIndex(({ device }) => device === via)
    const began = performance.now()
    homes.lab.cut(homes.relays[at] ?? '')
    const staying = relays[1 - at]
    await bothVia(alice, bob, staying)
    console.log(`the other relay carried after ${(performance.now() - began).toFixed(0)} ms`)
  })

  test('N57 N53 who is open to the internet finds out, and relays; behind a NAT only with a forwarded port', async () => {
    const homes = new TwoHomes('port-restricted', 'symmetric', ['pub', 'second'])
    homes.lab.forward('b1', 4001)
    const hosts = ['pub', 'second', 'a1', 'b1']
    const peers = await Promise.all(hosts.map((host) => homes.start(host, { probing: true })))
    const [pub, second, closed, forwarded] = peers
    if (pub === undefined || second === undefined || closed === undefined || forwarded === undefined)
      throw new Error('unreachable')
    for (const peer of [second, closed, forwarded]) await peer.connect(pub)
    const reach = (peer: PeerProcess): Promise<ReachReport> => peer.do<ReachReport>({ do: 'reach' })
    for (const peer of [pub, second, forwarded]) {
      await eventually(async () => (await reach(peer)).reachability === 'public', { what: `${peer.name} is public` })
      expect((await reach(peer)).relaying.on).toBe(true)
    }
    await eventually(async () => (await reach(closed)).reachability === 'private', { what: 'a1 knows that it is not' })
    expect((await reach(closed)).relaying.on).toBe(false)
    expect((await reach(forwarded)).addresses).toContain(
      `/ip4/${homes.lab.address('rb')}/tcp/4001/p2p/${forwarded.device}`,
    )
    await eventually(async () => (await reach(closed)).relays.length === 3, { what: 'a1 holds three relays' })
    // And so everybody is connected to everybody directly.
    await untilRoute(closed, forwarded, ['internet', 'punched'])
  })

  test('N58 N57 behind a router that forwards ports a peer has it do so, is reached there, and relays', async () => {
    const homes = new TwoHomes('port-restricted', 'symmetric')
    const router = startProcess([UPNP_ROUTER, '10.77.1.1'], { wrapper: homes.lab.wrapper('ra') })
    await router.line((line) => line === 'ready')
    const [pub, alice] = await Promise.all(
      ['pub', 'a1'].map((host) => homes.start(host, { probing: true, portMapping: host === 'a1' })),
    )
    if (pub === undefined || alice === undefined) throw new Error('unreachable')
    await alice.connect(pub)
    const reach = (): Promise<ReachReport> => alice.do<ReachReport>({ do: 'reach' })
    await eventually(async () => (await reach()).upnp === 'mapped', { what: 'the router gave a port' })
    await eventuallyPasses(() => {
      expect(router.lines).toContain('tcp 4001 to 10.77.1.11:4001')
      expect(router.lines).toContain('udp 4001 to 10.77.1.11:4001')
    })
    await eventually(async () => (await reach()).reachability === 'public', { what: 'alice is reached from outside' })
    await eventuallyPasses(async () => {
      const { addresses, relaying } = await reach()
      expect(relaying.on).toBe(true)
      expect(addresses).toContain(`/ip4/${homes.lab.address('ra')}/tcp/4001/p2p/${alice.device}`)
    })
  })
})
