import { expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { pick } from '../../src/base/random.ts'
import type { MemoryNetwork } from '../../src/network/memory/index.ts'
import type { SimulatedMachine, Simulation, SimulationOptions } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'

const SEEDS = 60
const STEPS = 60

async function boot(simulation: Simulation, machine: SimulatedMachine, log: string[]): Promise<void> {
  const { network } = machine.boot()
  const say = (what: string): void => {
    log.push(`${simulation.clock.monotonic().toFixed(3)} ${machine.name} ${what}`)
  }
  network.events.on('peer:connected', ({ device }) => say(`met ${device}`))
  network.events.on('peer:disconnected', ({ device }) => say(`lost ${device}`))
  network.subscribe('topic', (data, from) => say(`heard ${Buffer.from(data).toString()} from ${from}`))
  network.handle('/echo', async (stream) => {
    for await (const frame of stream) await stream.send(frame)
    await stream.close()
  })
  await simulation.run(() => network.start())
}

function networks(simulation: Simulation): MemoryNetwork[] {
  return simulation.machines.flatMap(({ process }) => (process === undefined ? [] : [process.network]))
}

/** Random faults and use, then peace; returns everything that was seen, in order. */
async function weather(simulation: Simulation, machineCount: number): Promise<string[]> {
  const { random } = simulation
  const log: string[] = []
  for (let i = 0; i < machineCount; i++) await boot(simulation, simulation.machine(`m${i}`), log)
  for (let step = 0; step < STEPS; step++) {
    const machine = pick(random, simulation.machines)
    const other = pick(random, simulation.machines)
    const faults: readonly (readonly [string, () => Promise<void> | void])[] = [
      [`cut ${machine.name} ${other.name}`, () => simulation.network.cut(machine.name, other.name)],
      [`heal ${machine.name} ${other.name}`, () => simulation.network.heal(machine.name, other.name)],
      [
        'partition',
        () =>
          simulation.network.partition(simulation.machines.filter(() => random.below(2) === 0).map((one) => one.name)),
      ],
      ['heal', () => simulation.network.heal()],
      [`kill ${machine.name}`, () => machine.kill()],
      [`power cut of ${machine.name}`, () => machine.powerCut()],
      [`stop ${machine.name}`, () => simulation.run(async () => await machine.process?.network.stop())],
      [`start ${machine.name}`, () => restart(simulation, machine, log)],
      [`wake ${machine.name}`, () => machine.process?.network.wake()],
      [`publish ${step} by ${machine.name}`, () => void machine.process?.network.publish('topic', utf8(String(step)))],
      [`stream from ${machine.name}`, () => void talk(machine.process?.network, log).catch(() => log.push('failed'))],
    ]
    const [name, act] = pick(random, faults)
    simulation.note(name)
    await act()
    await simulation.clock.advance(random.below(4) === 0 ? random.below(8000) : random.below(300))
  }
  simulation.note('peace')
  simulation.network.heal()
  for (const machine of simulation.machines) await restart(simulation, machine, log)
  return log
}

async function restart(simulation: Simulation, machine: SimulatedMachine, log: string[]): Promise<void> {
  if (machine.process?.network.running === true) return
  machine.kill()
  await boot(simulation, machine, log)
}

async function talk(network: MemoryNetwork | undefined, log: string[]): Promise<void> {
  const [peer] = network?.peers() ?? []
  if (network === undefined || peer === undefined) return
  const stream = await network.openStream(peer.device, '/echo')
  for (let i = 0; i < 5; i++) await stream.send(utf8(`word ${i}`))
  await stream.close()
  for await (const frame of stream) log.push(`${network.host} echoed ${Buffer.from(frame).toString()}`)
}

test(`whatever happened, after the heal all are connected and talk, ${SEEDS} seeds`, async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    await simulate({ seed }, async (simulation) => {
      const log = await weather(simulation, 2 + (seed % 7))
      const all = networks(simulation)
      const everybody = (): boolean => all.every((network) => network.peers().length === all.length - 1)
      await simulation.until('all are connected', everybody, { limit: 8000 })
      await simulation.clock.advance(30_000)
      expect(everybody()).toBe(true)
      expect(simulation.network.connections).toBe((all.length * (all.length - 1)) / 2)

      const mark = log.length
      for (const network of all) await simulation.run(() => network.publish('topic', utf8(`by ${network.host}`)))
      await simulation.clock.advance(2000)
      const heard = log.slice(mark).filter((line) => line.includes('heard by'))
      expect(heard).toHaveLength(all.length * (all.length - 1))
      expect(new Set(heard.map((line) => line.split(' ').slice(1, 5).join(' '))).size).toBe(heard.length)
      for (const network of all) await simulation.run(() => talk(network, log), { limit: 5000 })
    })
  }
})

test('the same seed gives the same course of everything, another seed another', async () => {
  const course = async (options: SimulationOptions): Promise<string> => {
    let log: string[] = []
    await simulate(options, async (simulation) => {
      log = await weather(simulation, 8)
    })
    return log.join('\n')
  }
  for (const discovery of ['full', { degree: 4 }] as const) {
    const link = { loss: 0.1 }
    const once = await course({ seed: 11, discovery, link })
    expect(once.length).toBeGreaterThan(1000)
    expect(await course({ seed: 11, discovery, link })).toBe(once)
    expect(await course({ seed: 12, discovery, link })).not.toBe(once)
  }
})

test.each([
  { peers: 50, discovery: 'full' as const, most: 49 },
  { peers: 50, discovery: { degree: 6 }, most: 16 },
])('gossip reaches all of $peers peers with $discovery, each once', async ({ peers, discovery, most }) => {
  for (let seed = 0; seed < 5; seed++) {
    await simulate({ seed, discovery }, async (simulation) => {
      const log: string[] = []
      for (let i = 0; i < peers; i++) await boot(simulation, simulation.machine(`m${i}`), log)
      await simulation.clock.advance(15_000)
      const all = networks(simulation)
      expect(Math.max(...all.map((network) => network.peers().length))).toBeLessThanOrEqual(most)
      const mark = log.length
      for (let i = 0; i < 20; i++) {
        const author = pick(simulation.random, all)
        await simulation.run(() => author.publish('topic', utf8(`message ${i}`)))
      }
      await simulation.clock.advance(3000)
      const heard = log.slice(mark).filter((line) => line.includes('heard message'))
      expect(new Set(heard.map((line) => line.split(' ').slice(1, 5).join(' '))).size).toBe(heard.length)
      expect(heard).toHaveLength(20 * (peers - 1))
    })
  }
})
