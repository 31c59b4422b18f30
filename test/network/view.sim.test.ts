import { expect, test } from 'vitest'

import type { DeviceId } from '../../src/base/ids.ts'
import { pick } from '../../src/base/random.ts'
import type { MemoryNetwork } from '../../src/network/memory/index.ts'
import { MAX_VIEW, viewSize } from '../../src/network/view.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'

const PEERS = 100
const SEEDS = [1, 2, 3]

async function boot(simulation: Simulation, machine: SimulatedMachine): Promise<void> {
  const { network } = machine.boot()
  await simulation.run(() => network.start())
}

async function swarm(simulation: Simulation): Promise<void> {
  for (let i = 0; i < PEERS; i++) await boot(simulation, simulation.machine(`m${i}`))
  await simulation.clock.advance(30_000)
}

function running(simulation: Simulation): MemoryNetwork[] {
  return simulation.machines.flatMap(({ process }) => (process?.network.running === true ? [process.network] : []))
}

/** How many parts the swarm is in, going by the links that both ends have. */
function parts(networks: readonly MemoryNetwork[]): number {
  const links = new Map(networks.map((one) => [one.device, new Set(one.peers().map(({ device }) => device))]))
  const left = new Set(links.keys())
  let count = 0
  for (const first of left) {
    count++
    const found: DeviceId[] = [first]
    left.delete(first)
    for (const device of found) {
      for (const next of links.get(device) ?? []) {
        if (!left.has(next) || links.get(next)?.has(device) !== true) continue
        left.delete(next)
        found.push(next)
      }
    }
  }
  return count
}

function degrees(networks: readonly MemoryNetwork[]): readonly number[] {
  return networks.map((network) => network.peers().length)
}

test('N26 up to 12 others all are sought, of more at least 8 and at most 12', () => {
  expect([0, 1, 12, 13, 500].map((known) => viewSize(known))).toEqual([
    { least: 0, most: 0 },
    { least: 1, most: 1 },
    { least: 12, most: 12 },
    { least: 8, most: 12 },
    { least: 8, most: 12 },
  ])
})

test('N26 thirteen machines are all connected to all', async () => {
  await simulate({ seed: 1, discovery: 'view' }, async (simulation) => {
    for (let i = 0; i < 13; i++) await boot(simulation, simulation.machine(`m${i}`))
    await simulation.clock.advance(10_000)
    expect(new Set(degrees(running(simulation)))).toEqual(new Set([12]))
  })
})

test.each(SEEDS)(
  'N26 N32 a hundred peers under churn stay in one piece, with bounded views (seed %i)',
  async (seed) => {
    await simulate({ seed, discovery: 'view' }, async (simulation) => {
      await swarm(simulation)
      expect(parts(running(simulation))).toBe(1)
      const { random } = simulation
      const before = new Map(running(simulation).map((one) => [one.device, one.peers().map(({ device }) => device)]))
      for (let round = 0; round < 60; round++) {
        // A third of all comes and goes in each two minutes, most without a word.
        const machine = pick(random, simulation.machines)
        simulation.note(`${machine.process === undefined ? 'start' : 'kill'} ${machine.name}`)
        if (machine.process === undefined) await boot(simulation, machine)
        else machine.kill({ silent: random.below(2) === 0 })
        await simulation.clock.advance(2000)
        const up = running(simulation)
        expect(parts(up)).toBe(1)
        expect(Math.max(...degrees(up))).toBeLessThanOrEqual(MAX_VIEW * 2)
      }
      await simulation.clock.advance(30_000)
      const up = running(simulation)
      expect(Math.max(...degrees(up))).toBeLessThanOrEqual(MAX_VIEW + 3)
      expect(Math.min(...degrees(up))).toBeGreaterThanOrEqual(6)
      // And they are not the links of the beginning.
      const kept = up.map((one) => one.peers().filter(({ device }) => before.get(one.device)?.includes(device)).length)
      const all = degrees(up).reduce((sum, count) => sum + count, 0)
      expect(kept.reduce((sum, count) => sum + count, 0)).toBeLessThan(all * 0.8)
    })
  },
)

test.each(SEEDS)(
  'N32 a hundred peers that were parted for five minutes are one again within 5 s (seed %i)',
  async (seed) => {
    await simulate({ seed, discovery: 'view' }, async (simulation) => {
      await swarm(simulation)
      const names = simulation.machines.map(({ name }) => name)
      simulation.network.partition(names.slice(0, 40), names.slice(40))
      await simulation.clock.advance(300_000)
      expect(parts(running(simulation))).toBe(2)
      expect(Math.min(...degrees(running(simulation)))).toBeGreaterThanOrEqual(6)
      simulation.network.heal()
      await simulation.until('all are one', () => parts(running(simulation)) === 1, { limit: 5000 })
    })
  },
)
