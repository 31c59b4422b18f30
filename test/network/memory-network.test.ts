import { describe, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { pause } from '../../src/base/clock.ts'
import { codeOf } from '../../src/base/errors.ts'
import type { MemoryNetwork } from '../../src/network/memory/index.ts'
import type { MessageStream } from '../../src/network/network.ts'
import type { SimulatedMachine, SimulationOptions } from '../support/simulation.ts'
import { Simulation } from '../support/simulation.ts'

const HOLD = '/murmuration/test/hold/1'

async function started(simulation: Simulation, machine: SimulatedMachine): Promise<MemoryNetwork> {
  const { network } = machine.boot()
  await simulation.run(() => network.start())
  return network
}

interface Pair {
  readonly simulation: Simulation
  readonly alice: MemoryNetwork
  readonly bob: MemoryNetwork
}

async function pair(options: Partial<SimulationOptions> = {}): Promise<Pair> {
  const simulation = new Simulation({ seed: 1, ...options })
  const alice = await started(simulation, simulation.machine('alice'))
  const bob = await started(simulation, simulation.machine('bob'))
  await simulation.until('both are connected', () => alice.peers().length === 1 && bob.peers().length === 1)
  return { simulation, alice, bob }
}

/** A stream from alice to bob, and what bob reads from it until it ends. */
async function stream({
  simulation,
  alice,
  bob,
}: Pair): Promise<{ near: MessageStream; got: number[]; end: string[] }> {
  const got: number[] = []
  const end: string[] = []
  bob.handle(HOLD, async (far) => {
    try {
      for await (const frame of far) got.push(frame[0] ?? 0)
      end.push('closed')
    } catch (error) {
      end.push(codeOf(error))
    }
  })
  const near = await simulation.run(() => alice.openStream(bob.device, HOLD))
  return { near, got, end }
}

function hear(network: MemoryNetwork, topic = 'topic'): string[] {
  const heard: string[] = []
  network.subscribe(topic, (data) => heard.push(Buffer.from(data).toString()))
  return heard
}

describe('a cut', () => {
  test('is noticed by both sides after 2 to 3 s, and ends streams with what was under way', async () => {
    const lab = await pair()
    const { simulation, alice, bob } = lab
    const { near, got, end } = await stream(lab)
    await simulation.run(() => near.send(Uint8Array.of(1)))
    await simulation.clock.advance(100)
    simulation.network.cut('alice', 'bob')
    await simulation.run(() => near.send(Uint8Array.of(2)))
    await simulation.clock.advance(1990)
    expect([alice.peers().length, bob.peers().length]).toEqual([1, 1])
    await simulation.clock.advance(1010)
    expect([alice.peers().length, bob.peers().length]).toEqual([0, 0])
    expect(near.signal.aborted).toBe(true)
    expect(end).toEqual(['STREAM_CLOSED'])
    simulation.network.heal()
    await simulation.clock.advance(10_000)
    expect(got).toEqual([1])
  })

  test.each([3, 60, 3600, 21_600])('of %i s is over within 5 s of its end', async (seconds) => {
    const { simulation, alice, bob } = await pair()
    simulation.network.cut('alice', 'bob')
    await simulation.clock.advance(seconds * 1000)
    expect(alice.peers()).toEqual([])
    simulation.network.heal('alice', 'bob')
    await simulation.clock.advance(5000)
    expect([alice.peers().length, bob.peers().length]).toEqual([1, 1])
  })

  test('that is over before anybody notices loses nothing of a stream', async () => {
    const lab = await pair()
    const { simulation } = lab
    const { near, got, end } = await stream(lab)
    for (let i = 0; i < 20; i++) {
      if (i === 5) simulation.network.cut('alice', 'bob')
      if (i === 15) simulation.network.heal()
      await simulation.run(() => near.send(Uint8Array.of(i)))
      await simulation.clock.advance(100)
    }
    expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(end).toEqual([])
  })

  test('that only one side noticed leaves nobody with half a connection', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { simulation, alice, bob } = await pair({ seed })
      simulation.network.cut('alice', 'bob')
      await simulation.until('one side noticed', () => alice.peers().length + bob.peers().length === 1)
      simulation.network.heal()
      const [noticed, unaware] = alice.peers().length === 0 ? [alice, bob] : [bob, alice]
      noticed.handle(HOLD, async () => undefined)
      await simulation.until('they are connected again', () => noticed.peers().length === 1, { limit: 5000 })
      await simulation.clock.advance(50)
      for (let i = 0; i < 5; i++) {
        await simulation.run(() => unaware.openStream(noticed.device, HOLD), { limit: 100 })
      }
      expect([alice.peers().length, bob.peers().length, simulation.network.connections]).toEqual([1, 1, 1])
    }
  })

  test('between two leaves the way over a third for gossip', async () => {
    const { simulation, alice, bob } = await pair()
    const carol = await started(simulation, simulation.machine('carol'))
    const heard = hear(bob)
    hear(carol)
    hear(alice)
    simulation.network.cut('alice', 'bob')
    await simulation.clock.advance(5000)
    await simulation.run(() => alice.publish('topic', utf8('hello')))
    await simulation.until('bob hears it', () => heard.includes('hello'), { limit: 5000 })
  })

  test('while a dial is under way makes the dial fail', async () => {
    const simulation = new Simulation({ seed: 1, discovery: 'none' })
    const alice = await started(simulation, simulation.machine('alice'))
    const bob = await started(simulation, simulation.machine('bob'))
    const dial = alice.connect(bob.addresses())
    simulation.network.isolate('bob')
    await expect(simulation.run(() => dial)).rejects.toMatchObject({ code: 'DIAL_FAILED' })
  })
})

describe('a partition', () => {
  test('keeps its parts apart, also for hosts that come later, until it is healed', async () => {
    const simulation = new Simulation({ seed: 2 })
    const networks: MemoryNetwork[] = []
    for (const name of ['alice', 'bob', 'carol']) networks.push(await started(simulation, simulation.machine(name)))
    const heard = networks.map((network) => hear(network))
    await simulation.until('all are connected', () => networks.every((one) => one.peers().length === 2))
    simulation.network.partition(['alice'], ['bob', 'dave'])
    const dave = await started(simulation, simulation.machine('dave'))
    await simulation.clock.advance(10_000)
    expect(networks.map((network) => network.peers().length)).toEqual([0, 1, 0])
    expect(dave.peers().map(({ device }) => device)).toEqual([networks[1]?.device])
    await simulation.run(async () => await networks[0]?.publish('topic', utf8('alone')))
    await simulation.clock.advance(1000)
    expect(heard.flat()).toEqual([])
    simulation.network.heal()
    await simulation.until('all are connected', () => networks.every((one) => one.peers().length === 3), {
      limit: 6000,
    })
  })
})

describe('a killed process', () => {
  test('is missed at once, as the system closes its connections', async () => {
    const { simulation, alice } = await pair()
    simulation.machines[1]?.kill()
    await simulation.clock.advance(20)
    expect(alice.peers()).toEqual([])
  })

  test('that lost its power is missed after 2 to 3 s', async () => {
    const { simulation, alice } = await pair()
    simulation.machines[1]?.powerCut()
    await simulation.clock.advance(1990)
    expect(alice.peers()).toHaveLength(1)
    await simulation.clock.advance(1010)
    expect(alice.peers()).toEqual([])
  })

  test('never goes on: not its streams, its calls, its timers or its events', async () => {
    const lab = await pair()
    const { simulation, bob } = lab
    const { near } = await stream(lab)
    const alice = simulation.machines[0]
    const clock = alice?.process?.clock
    const went: string[] = []
    const watch = (what: string, work: Promise<unknown> | undefined): void => {
      work?.then(
        () => went.push(what),
        () => went.push(`${what} failed`),
      )
    }
    lab.alice.events.on('peer:disconnected', () => went.push('event'))
    near.signal.addEventListener('abort', () => went.push('signal'))
    watch('reading', near[Symbol.asyncIterator]().next())
    watch('dialling', lab.alice.connect(['/memory/nowhere/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN']))
    watch('pausing', clock === undefined ? undefined : pause(clock, 100))
    alice?.kill()
    watch('sending', near.send(Uint8Array.of(1)))
    watch('publishing', lab.alice.publish('topic', utf8('x')))
    watch('opening', lab.alice.openStream(bob.device, HOLD))
    watch('stopping', lab.alice.stop())
    await simulation.clock.advance(60_000)
    expect(went).toEqual([])
  })

  test('comes back by itself after a restart, whoever restarted', async () => {
    const { simulation } = await pair()
    for (const machine of simulation.machines) {
      machine.kill({ silent: true })
      const again = await started(simulation, machine)
      await simulation.until('it is back', () => again.peers().length === 1, { limit: 5000 })
    }
    for (const machine of simulation.machines) machine.kill()
    const both = await Promise.all(simulation.machines.map((machine) => started(simulation, machine)))
    await simulation.until('both are back', () => both.every((one) => one.peers().length === 1), { limit: 5000 })
  })
})

describe('a folder run twice', () => {
  test('is one device to a third, which may talk to either, and gone only when both are', async () => {
    const simulation = new Simulation({ seed: 5 })
    const original = simulation.machine('alice')
    const first = await started(simulation, original)
    const second = await started(simulation, original.copy('alice-copy'))
    const carol = await started(simulation, simulation.machine('carol'))
    const events: string[] = []
    carol.events.on('peer:connected', () => events.push('connected'))
    carol.events.on('peer:disconnected', () => events.push('disconnected'))
    const served = new Set<string>()
    for (const one of [first, second]) {
      one.handle(HOLD, async () => {
        served.add(one.host)
      })
    }
    await simulation.until('both see carol', () => first.peers().length === 1 && second.peers().length === 1)
    expect(carol.peers().map(({ device }) => device)).toEqual([first.device])
    for (let i = 0; i < 20; i++) await simulation.run(() => carol.openStream(first.device, HOLD))
    expect([...served].sort()).toEqual(['alice', 'alice-copy'])
    await simulation.run(() => first.stop())
    await simulation.clock.advance(1000)
    expect(events).toEqual(['connected'])
    await simulation.run(() => second.stop())
    await simulation.clock.advance(1000)
    expect(events).toEqual(['connected', 'disconnected'])
  })
})

describe('links', () => {
  test('delay, and carry so many bytes a second', async () => {
    const { simulation, alice, bob } = await pair({ link: { delay: 100, jitter: 0 } })
    expect(alice.peers()[0]?.roundTrip).toBe(200)
    simulation.network.setLink('alice', 'bob', { bytesPerSecond: 100_000 })
    let done = false
    bob.handle(HOLD, async (far) => {
      for await (const _ of far);
      done = true
    })
    const near = await simulation.run(() => alice.openStream(bob.device, HOLD))
    const begun = simulation.clock.monotonic()
    await simulation.run(async () => {
      for (let i = 0; i < 10; i++) await near.send(new Uint8Array(100_000))
      await near.close()
    })
    await simulation.until('all arrived', () => done)
    expect(simulation.clock.monotonic() - begun).toBeGreaterThan(10_000)
    expect(simulation.clock.monotonic() - begun).toBeLessThan(10_500)
  })

  test('lose gossip, never frames', async () => {
    const lab = await pair({ link: { loss: 1 } })
    const { simulation, alice, bob } = lab
    const heard = hear(bob)
    const { near, got } = await stream(lab)
    await simulation.clock.advance(1000)
    expect(await simulation.run(() => alice.publish('topic', utf8('lost')))).toBe(1)
    await simulation.run(() => near.send(Uint8Array.of(7)))
    await simulation.clock.advance(1000)
    expect(heard).toEqual([])
    expect(got).toEqual([7])
  })
})

describe('a machine', () => {
  test('whose clock is years off shows it, and works', async () => {
    const simulation = new Simulation({ seed: 1 })
    const year = 365 * 86_400_000
    const alice = await started(simulation, simulation.machine('alice', { clockOffset: -10 * year }))
    await started(simulation, simulation.machine('bob', { clockOffset: 10 * year }))
    await simulation.until('they are connected', () => alice.peers().length === 1)
    expect(simulation.clock.now() - (alice.peers()[0]?.since ?? 0)).toBeGreaterThanOrEqual(10 * year)
  })

  test('runs one peer at a time', async () => {
    const simulation = new Simulation({ seed: 1 })
    const machine = simulation.machine('alice')
    await started(simulation, machine)
    await expect(simulation.run(() => machine.boot().network.start())).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
  })

  test('with another device than its address says is not taken for it', async () => {
    const simulation = new Simulation({ seed: 1, discovery: 'none' })
    const alice = await started(simulation, simulation.machine('alice'))
    await started(simulation, simulation.machine('bob'))
    const wrong = `/memory/bob/p2p/${simulation.machine('carol').key.device}`
    await expect(simulation.run(() => alice.connect([wrong]))).rejects.toThrow('is 12D3Koo')
  })

  test('whose gate never answers is given up', async () => {
    const simulation = new Simulation({ seed: 1, discovery: 'none' })
    const silent = simulation.machine('bob').boot({ gate: () => new Promise(() => undefined) }).network
    await simulation.run(() => silent.start())
    const alice = await started(simulation, simulation.machine('alice'))
    await expect(simulation.run(() => alice.connect(silent.addresses()))).rejects.toMatchObject({
      code: 'NOT_ADMITTED',
    })
    expect(simulation.clock.monotonic()).toBeLessThan(31_000)
  })
})
