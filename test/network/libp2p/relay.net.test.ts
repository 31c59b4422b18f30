import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import { NotAdmittedError } from '../../../src/network/errors.ts'
import type { Gate, MessageStream, Network } from '../../../src/network/network.ts'
import { passwordGate } from './identities.ts'
import { Libp2pLab } from './lab.ts'

const ECHO = '/murmuration/test/echo/1'
const SINK = '/murmuration/test/sink/1'
/** They listen nowhere, so nobody can dial them but through a relay. */
const UNREACHABLE = { listen: [], relay: 'off', holePunching: false } as const

const echo = async (stream: MessageStream): Promise<void> => {
  for await (const frame of stream) await stream.send(frame)
  await stream.close()
}

describe('relays', () => {
  let lab: Libp2pLab
  beforeEach(() => {
    lab = new Libp2pLab()
  })
  afterEach(async () => {
    await lab.end()
  })

  async function start(name: string, options: Parameters<Libp2pLab['make']>[1]): Promise<Network> {
    const network = lab.make(name, options)
    await network.start()
    return network
  }

  async function swarm(): Promise<{ alice: Network; bob: Network; relay: Network }> {
    const relay = await start('relay', { relay: 'on' })
    const alice = await start('alice', UNREACHABLE)
    const bob = await start('bob', UNREACHABLE)
    await alice.connect(relay.addresses())
    await bob.connect(relay.addresses())
    return { alice, bob, relay }
  }

  const route = (from: Network, to: Network): string | undefined =>
    from.peers().find(({ device }) => device === to.device)?.route
  const met = (a: Network, b: Network): Promise<void> =>
    lab.until(() => route(a, b) !== undefined && route(b, a) !== undefined, 'they met')

  test('N50 two that nobody can dial meet through a member that relays, and everything works', async () => {
    const { alice, bob, relay } = await swarm()
    await met(alice, bob)
    const [, link] = alice.peers().toSorted((a) => (a.device === bob.device ? 1 : -1))
    expect(link).toMatchObject({ device: bob.device, route: 'relayed', via: relay.device })
    expect(relay.reach().relaying).toEqual({ on: true, members: 2 })
    expect(alice.reach().relays).toEqual([relay.device])
    expect(
      alice.addresses().some((address) => address.includes(`${relay.device}/p2p-circuit/p2p/${alice.device}`)),
    ).toBe(true)

    bob.handle(ECHO, echo)
    const stream = await alice.openStream(bob.device, ECHO)
    await stream.send(utf8('hello'))
    expect(String((await stream[Symbol.asyncIterator]().next()).value)).toBe('hello')

    const heard: string[] = []
    bob.subscribe('topic', (data) => heard.push(Buffer.from(data).toString()))
    for (let i = 0; i < 100 && heard.length === 0; i++) {
      await alice.publish('topic', utf8(`mark ${i}`))
      await lab.pass(50)
    }
    expect(heard).not.toEqual([])
  })

  test('N51 ten megabytes go through both ways at once, and a reader that does not read stops the sender', async () => {
    const { alice, bob } = await swarm()
    await met(alice, bob)
    bob.handle(ECHO, echo)
    const stream = await alice.openStream(bob.device, ECHO)
    const frame = new Uint8Array(500_000).fill(7)
    const sending = (async () => {
      for (let i = 0; i < 20; i++) await stream.send(frame)
      await stream.close()
    })()
    let bytes = 0
    for await (const back of stream) bytes += back.length
    await sending
    expect(bytes).toBe(10_000_000)

    bob.handle(SINK, () => new Promise(() => undefined))
    const stuck = await alice.openStream(bob.device, SINK)
    let sent = 0
    const pushing = (async () => {
      for (let i = 0; i < 200; i++, sent++) await stuck.send(frame)
    })()
    await lab.until(() => sent > 0, 'it began')
    await lab.pass(1500)
    expect(sent).toBeLessThan(60)
    stuck.abort(new Error('enough'))
    await pushing.catch(() => undefined)
  })

  test('N52 when a relay dies another takes over, and when a lost one comes back it is used again', async () => {
    const { alice, bob, relay } = await swarm()
    const second = await start('second relay', { relay: 'on' })
    await alice.connect(second.addresses())
    await bob.connect(second.addresses())
    await met(alice, bob)
    await lab.until(() => alice.reach().relays.length === 2 && bob.reach().relays.length === 2, 'both hold two relays')
    const via = alice.peers().find(({ device }) => device === bob.device)?.via
    const [dying, staying] = via === relay.device ? [relay, second] : [second, relay]
    await dying.stop()
    await lab.until(() => alice.peers().some(({ via: now }) => now === staying.device), 'the other relay carries')
    await dying.start()
    await lab.until(() => alice.reach().relays.length === 2, 'the lost one is held again')
  })

  test('N53 a stranger can neither reserve nor be carried, and no member is met through a relay without the gate', async () => {
    const relay = await start('relay', { relay: 'on', gate: passwordGate('starling') })
    const alice = await start('alice', { ...UNREACHABLE, gate: passwordGate('starling') })
    await alice.connect(relay.addresses())
    await lab.until(() => relay.reach().relaying.members === 1, 'alice is reachable')
    const mallory = await start('mallory', { ...UNREACHABLE, gate: passwordGate('crow') })
    await expect(mallory.connect(alice.addresses())).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    expect([mallory.peers(), alice.peers().length]).toEqual([[], 1])

    // Carol is known to the relay, and not to alice.
    const carol = await start('carol', { ...UNREACHABLE, gate: passwordGate('starling') })
    await carol.connect(relay.addresses())
    await met(carol, alice)
  })

  test('N53 N5 who is admitted by the relay alone gets nothing from those behind it but the gate', async () => {
    const relay = await start('relay', { relay: 'on' })
    const mallory = lab.make('mallory', UNREACHABLE)
    const gate: Gate = async (stream) => {
      if (stream.peer === mallory.device) throw new NotAdmittedError('not this one')
    }
    const alice = await start('alice', { ...UNREACHABLE, gate })
    const served: string[] = []
    alice.handle(ECHO, async () => void served.push('stream'))
    alice.subscribe('topic', () => served.push('gossip'))
    await alice.connect(relay.addresses())
    await lab.until(() => relay.reach().relaying.members === 1, 'alice is reachable')
    await mallory.start()
    await mallory.connect(relay.addresses())
    await expect(mallory.connect(alice.addresses().filter((text) => text.includes('p2p-circuit')))).resolves.toBe(
      relay.device,
    )
    await expect(mallory.connect([`/p2p/${relay.device}/p2p-circuit/p2p/${alice.device}`])).rejects.toMatchObject({
      code: 'NOT_ADMITTED',
    })
    await expect(mallory.openStream(alice.device, ECHO)).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
    expect(alice.peers().map(({ device }) => device)).toEqual([relay.device])
    expect(served).toEqual([])
  })

  test('N50 a newcomer that has only an address through a relay gets in through the relay', async () => {
    const { alice, relay } = await swarm()
    await lab.until(() => alice.reach().relays.length === 1, 'alice is reachable')
    const carol = await start('carol', UNREACHABLE)
    const device = await carol.connect(alice.addresses())
    expect([alice.device, relay.device]).toContain(device)
    await met(carol, alice)
  })

  test('N50 who does not relay refuses, and says so', async () => {
    const bob = await start('bob', { relay: 'off' })
    const alice = await start('alice', UNREACHABLE)
    const carol = await start('carol', UNREACHABLE)
    await alice.connect(bob.addresses())
    await carol.connect(bob.addresses())
    await expect(alice.connect([`/p2p/${bob.device}/p2p-circuit/p2p/${carol.device}`])).rejects.toThrow(
      'does not relay',
    )
  })

  test('N52 N26 who has enough connections and no relay connects to one all the same', async () => {
    const relay = await start('relay', { relay: 'on' })
    const bob = await start('bob', {})
    const carol = await start('carol', {})
    for (const one of [bob, carol]) await one.connect(relay.addresses())
    // With two of three others its view is full.
    const alice = await start('alice', { ...UNREACHABLE, maxConnections: 2 })
    alice.forget(relay.device)
    await alice.connect(bob.addresses())
    await alice.connect(carol.addresses())
    alice.remember(relay.addresses())
    await lab.until(() => alice.reach().relays.includes(relay.device), 'alice is reachable')
  })
})
