import type { Libp2p } from '@libp2p/interface'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import { loadLibp2p } from '../../../src/network/libp2p/modules.ts'
import type { Network } from '../../../src/network/network.ts'
import { eventually } from '../../support/eventually.ts'
import { Libp2pLab } from './lab.ts'

const TOPIC = 'topic'

/** The libp2p nodes that are made from now on, to reach below the port. */
async function tapped(): Promise<Libp2p[]> {
  const modules = await loadLibp2p()
  const nodes: Libp2p[] = []
  const create = modules.createLibp2p
  const spy = vi.spyOn(modules, 'createLibp2p').mockImplementation(async (options) => {
    const node = await create(options)
    nodes.push(node)
    return node
  })
  onTestFinished(() => spy.mockRestore())
  return nodes
}

describe('gossip over libp2p', () => {
  let lab: Libp2pLab
  beforeEach(() => {
    lab = new Libp2pLab()
  })
  afterEach(async () => {
    await lab.end()
  })

  async function peers(count: number): Promise<{ networks: Network[]; heard: Set<string>[] }> {
    const networks = Array.from({ length: count }, (_, i) => lab.make(`peer ${i}`))
    const heard = networks.map(() => new Set<string>())
    for (const [i, network] of networks.entries()) {
      network.subscribe(TOPIC, (data) => heard[i]?.add(Buffer.from(data).toString()))
    }
    await Promise.all(networks.map((network) => network.start()))
    return { networks, heard }
  }

  test('N9 N21 twenty peers on one address find each other through one, and all hear each other', async () => {
    const { networks, heard } = await peers(20)
    const [first, ...others] = networks
    if (first === undefined) throw new Error('unreachable')
    await Promise.all(others.map((network) => network.connect(first.addresses())))
    let round = 0
    const latest = (messages: ReadonlySet<string>): number =>
      [...messages].filter((message) => message.endsWith(` in ${round}`)).length
    await eventually(
      async () => {
        round++
        await Promise.all(networks.map((network, i) => network.publish(TOPIC, utf8(`from ${i} in ${round}`))))
        await lab.pass(500)
        return heard.every((messages) => latest(messages) === 19)
      },
      { what: 'all heard all', timeout: 60_000 },
    )
  })

  test('N8 a neighbour whose gossip stream died is heard again', async () => {
    const nodes = await tapped()
    const { networks, heard } = await peers(2)
    const [alice, bob] = networks
    if (alice === undefined || bob === undefined) throw new Error('unreachable')
    await alice.connect(bob.addresses())
    let marks = 0
    const arrives = async (): Promise<void> => {
      await eventually(
        async () => {
          marks++
          await alice.publish(TOPIC, utf8(`mark ${marks}`))
          await lab.pass(20)
          return heard[1]?.has(`mark ${marks}`)
        },
        { what: 'a message arrives' },
      )
    }
    await arrives()
    const before = alice.peers()[0]?.since
    const streams = nodes
      .flatMap((node) => node.getConnections())
      .flatMap((connection) => connection.streams)
      .filter(({ protocol }) => protocol.startsWith('/meshsub/'))
    expect(streams.length).toBeGreaterThan(0)
    for (const stream of streams) stream.abort(new Error('cut by the test'))
    await arrives()
    expect(alice.peers()[0]?.since).toBe(before)
  })

  test('N6 in a large swarm in partial view a message reaches everybody', async () => {
    const networks = Array.from({ length: 12 }, (_, i) => lab.make(`peer ${i}`, { maxConnections: 4 }))
    const heard = networks.map(() => new Set<string>())
    for (const [i, network] of networks.entries()) {
      network.subscribe(TOPIC, (data) => heard[i]?.add(Buffer.from(data).toString()))
    }
    await Promise.all(networks.map((network) => network.start()))
    for (const [i, network] of networks.entries())
      network.remember(networks[(i + 1) % networks.length]?.addresses() ?? [])
    await eventually(() => networks.every((network) => network.peers().length >= 3), { what: 'enough neighbours' })
    await lab.pass(1000)
    for (const network of networks) expect(network.peers().length).toBeLessThanOrEqual(8)
    let marks = 0
    await eventually(
      async () => {
        marks++
        await networks[0]?.publish(TOPIC, utf8(`mark ${marks}`))
        await lab.pass(200)
        return heard.slice(1).every((messages) => messages.has(`mark ${marks}`))
      },
      { what: 'one message reached everybody' },
    )
  })
})
