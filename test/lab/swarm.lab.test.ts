import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { RealPeer } from '../peer/real-peer.ts'
import { eventuallyPasses } from '../support/eventually.ts'
import type { Nat } from '../support/netlab.ts'
import { NetLab } from '../support/netlab.ts'
import { describeWith } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const EVERYWHERE = '/ip4/0.0.0.0/tcp/4001'

class Swarm {
  readonly lab: NetLab
  readonly #root: string

  private constructor(lab: NetLab, root: string) {
    this.lab = lab
    this.#root = root
  }

  static async in(lab: NetLab): Promise<Swarm> {
    onTestFinished(() => lab.end())
    return new Swarm(lab, await temporaryFolder())
  }

  async up(host: string, options: { readonly announced?: boolean; readonly mdns?: boolean } = {}): Promise<RealPeer> {
    return await RealPeer.up({
      folder: join(this.#root, host),
      name: host,
      listen: EVERYWHERE,
      wrapper: this.lab.wrapper(host),
      mdns: options.mdns === true,
      ...(options.announced === true ? { announce: `/ip4/${this.lab.address(host)}/tcp/4001` } : {}),
    })
  }
}

/** Lets a newcomer in; resolves to how long it took from pasting the link until it was usable, in milliseconds. */
async function letIn(by: RealPeer, newcomer: RealPeer, name: string): Promise<number> {
  const { link } = await by.client.call('invite.create', {})
  const began = performance.now()
  await newcomer.client.call('swarm.join', { invite: link ?? '', personName: name })
  return performance.now() - began
}

const routeTo = async (from: RealPeer, to: RealPeer): Promise<string | undefined> =>
  (await from.machine(to))?.connection?.route

/** A document and a message go both ways. */
async function exchange(one: RealPeer, other: RealPeer): Promise<void> {
  const { id } = await one.client.call('document.create', { title: 'Notes', kind: 'text' })
  await one.client.call('document.write', { document: id, text: 'from one\n' })
  await eventuallyPasses(async () =>
    expect((await other.client.call('document.text', { document: id })).text).toBe('from one\n'),
  )
  await other.client.call('document.append', { document: id, text: 'from the other\n' })
  await other.client.call('channel.create', { name: 'plans' })
  await other.send('plans', 'hello')
  await eventuallyPasses(async () => {
    expect((await one.client.call('document.text', { document: id })).text).toBe('from one\nfrom the other\n')
    expect(await one.texts('plans')).toEqual(['hello'])
  })
}

describeWith('netlab')('people behind routers', () => {
  test.each<readonly [Nat, Nat, string]>([
    ['port-restricted', 'port-restricted', 'punched'],
    ['port-restricted', 'symmetric', 'relayed'],
    ['symmetric', 'symmetric', 'relayed'],
  ])('%s and %s: join through a public member, exchange everything, and are %s', async (a, b, route) => {
    const homes = [
      { name: 'a', nat: a, hosts: 1 },
      { name: 'b', nat: b, hosts: 1 },
    ]
    const swarm = await Swarm.in(NetLab.internet({ publics: ['pub'], homes }))
    const pub = await swarm.up('pub', { announced: true })
    await pub.client.call('swarm.create', { name: 'Studio', personName: 'pub' })
    const [alice, bob] = await Promise.all([swarm.up('a1'), swarm.up('b1')])
    const took = [await letIn(pub, alice, 'alice'), await letIn(pub, bob, 'bob')]
    const met = performance.now()
    await eventuallyPasses(async () => expect(await routeTo(alice, bob)).toMatch(/punched|relayed/))
    await exchange(alice, bob)
    await eventuallyPasses(async () => expect(await routeTo(alice, bob)).toBe(route))
    console.log(
      `${a}|${b}: joined in ${took.map(Math.round).join(' and ')} ms; ${route} ${Math.round(performance.now() - met)} ms after the second was in`,
    )
    const { members, self } = await alice.client.call('doctor.report', { device: 'b1' })
    expect(self.reachability).not.toBe('public')
    expect(members).toMatchObject([{ name: 'b1', connection: { route }, theirView: { connection: { route } } }])
    expect(members[0]?.verdict).toMatch(route === 'punched' ? /directly/ : /through pub/)
  })

  test('the relaying member dies, another takes over', async () => {
    const homes = [
      { name: 'a', nat: 'symmetric', hosts: 1 },
      { name: 'b', nat: 'symmetric', hosts: 1 },
    ] as const
    const swarm = await Swarm.in(NetLab.internet({ publics: ['pub', 'nas'], homes }))
    const pub = await swarm.up('pub', { announced: true })
    await pub.client.call('swarm.create', { name: 'Studio', personName: 'pub' })
    const nas = await swarm.up('nas', { announced: true })
    await letIn(pub, nas, 'nas')
    const [alice, bob] = await Promise.all([swarm.up('a1'), swarm.up('b1')])
    await letIn(pub, alice, 'alice')
    await letIn(pub, bob, 'bob')
    await eventuallyPasses(async () => expect(await routeTo(alice, bob)).toBe('relayed'))
    const via = (await alice.machine(bob))?.connection?.relayedBy
    await exchange(alice, bob)
    const [gone, other] = via === pub.device ? [pub, nas] : [nas, pub]
    await gone.kill9()
    const began = performance.now()
    await alice.send('plans', 'over the other one')
    await eventuallyPasses(async () => expect(await bob.texts('plans')).toContain('over the other one'), {
      timeout: 10_000,
    })
    await eventuallyPasses(async () =>
      expect((await alice.machine(bob))?.connection).toMatchObject({ route: 'relayed', relayedBy: other.device }),
    )
    console.log(`another relay took over after ${Math.round(performance.now() - began)} ms`)
  })
})

describeWith('netlab')('people on a LAN that leads nowhere else', () => {
  test('join by mDNS alone where the addresses in the invite are wrong by now', async () => {
    const swarm = await Swarm.in(NetLab.lan(3))
    const alice = await swarm.up('h1', { mdns: true })
    await alice.client.call('swarm.create', { name: 'Studio', personName: 'alice' })
    const { link } = await alice.client.call('invite.create', { uses: 2 })
    swarm.lab.readdress('h1', '10.77.0.99/24')
    const [bob, carol] = await Promise.all([swarm.up('h2', { mdns: true }), swarm.up('h3', { mdns: true })])
    const began = performance.now()
    await Promise.all([
      bob.client.call('swarm.join', { invite: link ?? '', personName: 'bob' }),
      carol.client.call('swarm.join', { invite: link ?? '', personName: 'carol' }),
    ])
    console.log(`two joined by mDNS after ${Math.round(performance.now() - began)} ms`)
    await exchange(bob, carol)
  })

  test('a partition of 3|2 with writes on both sides heals: equal within 5 s', async () => {
    const swarm = await Swarm.in(NetLab.lan(5))
    const hosts = swarm.lab.hosts
    const peers = await Promise.all(hosts.map((host) => swarm.up(host)))
    const [first, ...others] = peers
    if (first === undefined) throw new Error('unreachable')
    await first.client.call('swarm.create', { name: 'Studio', personName: 'h1' })
    for (const [index, other] of others.entries()) await letIn(first, other, `h${index + 2}`)
    await first.client.call('channel.create', { name: 'plans' })
    for (const peer of peers) {
      await eventuallyPasses(async () => {
        const { machines } = await peer.status()
        expect(machines.filter(({ connection }) => connection !== null)).toHaveLength(4)
        expect((await peer.client.call('channel.list', {})).map(({ name }) => name)).toEqual(['plans'])
      })
    }
    swarm.lab.partition(hosts.slice(0, 3), hosts.slice(3))
    const cut = performance.now()
    let sent = 0
    // a partition that lasts, with writes on both sides all along
    const [one, two, , , other] = peers
    while (performance.now() - cut < PARTITION_MS) {
      await one?.send('plans', `message ${++sent}`)
      await other?.send('plans', `message ${++sent}`)
      await eventuallyPasses(async () => expect(await two?.texts('plans')).toHaveLength(sent / 2))
    }
    swarm.lab.heal()
    const healed = performance.now()
    await eventuallyPasses(
      async () => {
        const views = await Promise.all(peers.map((peer) => peer.texts('plans')))
        for (const view of views) expect(view).toHaveLength(sent)
        expect(new Set(views.map((view) => view.join('\n'))).size).toBe(1)
      },
      { timeout: 5_000 + BUSY_MS },
    )
    console.log(
      `${sent} messages of a partition were equal ${Math.round(performance.now() - healed)} ms after it healed`,
    )
  })
})

const PARTITION_MS = 60_000
/** What a busy test machine takes on top. */
const BUSY_MS = 5_000
