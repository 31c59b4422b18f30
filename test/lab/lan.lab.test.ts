import { kill } from 'node:process'

import { expect, onTestFinished, test } from 'vitest'

import type { ConnectedPeer } from '../../src/network/network.ts'
import { allConnected, PeerProcess } from '../network/libp2p/peer.ts'
import { eventually } from '../support/eventually.ts'
import { NetLab } from '../support/netlab.ts'
import { describeWith } from '../support/requires.ts'

const EVERYWHERE = ['/ip4/0.0.0.0/tcp/4001']
/** "Back within 5 s", and what a busy test machine takes on top. */
const BACK_MS = 5000 + 3000

function lan(hosts: number): NetLab {
  const lab = NetLab.lan(hosts)
  onTestFinished(() => lab.end())
  return lab
}

function start(lab: NetLab, host: string, options: { readonly mdns?: boolean } = {}): Promise<PeerProcess> {
  return PeerProcess.start({ name: host, listen: EVERYWHERE, ...options }, { wrapper: lab.wrapper(host) })
}

/** Peers that found each other by mDNS. */
async function met(lab: NetLab, hosts: readonly string[]): Promise<readonly PeerProcess[]> {
  const peers = await Promise.all(hosts.map((host) => start(lab, host, { mdns: true })))
  await allConnected(peers, 20_000)
  return peers
}

/** Lets real time pass where its passing is what is tested. */
async function nothingFor(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Waits until all are connected, and says how long it took. */
async function backAfter(peers: readonly PeerProcess[], what: string): Promise<void> {
  const began = performance.now()
  await allConnected(peers, BACK_MS)
  console.log(`${what}: back after ${(performance.now() - began).toFixed(0)} ms`)
}

describeWith('netlab')('on a LAN that leads nowhere else', () => {
  test('N25 three hosts find each other', async () => {
    const lab = lan(3)
    const began = performance.now()
    await met(lab, lab.hosts)
    console.log(`three hosts met ${(performance.now() - began).toFixed(0)} ms after the first was spawned`)
  })

  test('N25 N21 a host with cables in two networks is found in both, and tells those of one of the other', async () => {
    const lab = lan(3)
    // h2 and h3 share a second cable; the first leads h3 nowhere.
    lab.attach('h2', 'second', '10.78.0.2/24')
    lab.attach('h3', 'second', '10.78.0.3/24')
    lab.setLink('h3', 'eth0', 'down')
    lab.run('h3', 'ip', 'route', 'replace', '224.0.0.0/4', 'dev', 'eth1')
    const [h1, h2, h3] = await Promise.all(lab.hosts.map((host) => start(lab, host, { mdns: true })))
    if (h1 === undefined || h2 === undefined || h3 === undefined) throw new Error('unreachable')
    await allConnected([h1, h2], 20_000)
    await allConnected([h2, h3], 20_000)
    // The other way round: one cable is pulled, and the first leads on.
    lab.setLink('h3', 'eth0', 'up')
    lab.setLink('h3', 'eth1', 'down')
    lab.run('h3', 'ip', 'route', 'replace', '224.0.0.0/4', 'dev', 'eth0')
    await backAfter([h1, h2, h3], 'another interface')
  })

  test('N20 N22 a partition of 3 and 2, for ten seconds', async () => {
    const lab = lan(5)
    const peers = await met(lab, lab.hosts)
    lab.partition(['h1', 'h2', 'h3'], ['h4', 'h5'])
    await eventually(async () => (await peers[0]?.neighbours())?.length === 2, { what: 'h1 has noticed' })
    await eventually(async () => (await peers[4]?.neighbours())?.length === 1, { what: 'h5 has noticed' })
    await nothingFor(10_000)
    lab.heal()
    await backAfter(peers, 'partition')
  })

  test('N20 N22 another address', async () => {
    const lab = lan(3)
    const peers = await met(lab, lab.hosts)
    const [h1, h2, h3] = peers
    lab.readdress('h3', '10.77.0.33/24')
    const began = performance.now()
    await eventually(
      async () => {
        const links = await Promise.all(
          [h1, h2].map(async (peer) => await peer?.do<readonly ConnectedPeer[]>({ do: 'peers' })),
        )
        return links.every((known) =>
          known?.some(({ device, address }) => device === h3?.device && address.includes('/10.77.0.33/')),
        )
      },
      { timeout: BACK_MS, what: 'h3 is met at its new address' },
    )
    console.log(`another address: back after ${(performance.now() - began).toFixed(0)} ms`)
  })

  test('N20 N22 suspended for ten seconds', async () => {
    const lab = lan(3)
    const peers = await met(lab, lab.hosts)
    const [, , sleeper] = peers
    if (sleeper === undefined) throw new Error('unreachable')
    kill(sleeper.process.pid, 'SIGSTOP')
    await nothingFor(10_000)
    expect(await peers[0]?.neighbours()).not.toContain(sleeper.device)
    kill(sleeper.process.pid, 'SIGCONT')
    await backAfter(peers, 'suspended')
  })

  test('N22 N20 with 50 ms of delay and 5 % of loss on every host they stay connected, and everything arrives', async () => {
    const lab = lan(3)
    for (const host of lab.hosts) await lab.impair(host, { delay: 25, loss: 0.05 })
    const peers = await met(lab, lab.hosts)
    const [alice, bob, carol] = peers
    if (alice === undefined || bob === undefined || carol === undefined) throw new Error('unreachable')
    for (const peer of [bob, carol]) await peer.do({ do: 'subscribe', topic: 'topic' })
    await nothingFor(1500)
    const moved = alice.do<{ received: number }>({ do: 'send', device: bob.device, count: 20, size: 100_000 })
    for (let i = 0; i < 50; i++) await alice.do({ do: 'publish', topic: 'topic', text: `message ${i}` })
    expect((await moved).received).toBe(2_000_000)
    await eventually(() => [bob, carol].every((peer) => new Set(peer.heard()).size === 50), {
      what: 'all fifty messages arrived',
    })
    await nothingFor(10_000)
    for (const peer of peers) expect(peer.events('disconnected')).toEqual([])
  })
})

describeWith('netlab')('many at one place', () => {
  test('N9 twenty peers behind one address all hear each other', async () => {
    const lab = NetLab.internet({ publics: ['pub'], homes: [{ name: 'a', nat: 'port-restricted', hosts: 1 }] })
    onTestFinished(() => lab.end())
    const relay = await PeerProcess.start(
      { name: 'pub', listen: EVERYWHERE, announce: [`/ip4/${lab.address('pub')}/tcp/4001`] },
      { wrapper: lab.wrapper('pub') },
    )
    const names = Array.from({ length: 19 }, (_, i) => `peer ${i}`)
    const peers = await Promise.all(
      names.map(async (name) => {
        const peer = await PeerProcess.start({ name, listen: ['/ip4/0.0.0.0/tcp/0'] }, { wrapper: lab.wrapper('a1') })
        await peer.connect(relay)
        await peer.do({ do: 'subscribe', topic: 'topic' })
        return peer
      }),
    )
    await relay.do({ do: 'subscribe', topic: 'topic' })
    const all = [...peers, relay]
    await eventually(
      async () => {
        for (const peer of all) await peer.do({ do: 'publish', topic: 'topic', text: peer.name })
        return all.every((peer) => new Set(peer.heard()).size === all.length - 1)
      },
      { timeout: 30_000, what: 'everybody heard everybody' },
    )
  })
})
