import { describe, expect, it } from 'vitest'

import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { silentLogger } from '../../src/base/log.ts'
import { pick } from '../../src/base/random.ts'
import type { Verify } from '../../src/identity/device-key.ts'
import { verifySignature } from '../../src/identity/device-key.ts'
import type { Journal } from '../../src/journal/index.ts'
import { openJournal, spacePrefix } from '../../src/journal/index.ts'
import type { MemoryDisk } from '../../src/store/index.ts'
import { loseRecords } from '../support/lose-records.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { SPACE, text, textProjection } from './local-peers.ts'
import { openAuthority } from '../support/open-authority.ts'

/** All machines of a simulation check the same signatures: each is checked for real once. */
function rememberingVerify(): Verify {
  const known = new Map<string, boolean>()
  return (publicKey, bytes, signature) => {
    const name = Buffer.concat([publicKey, signature, bytes]).toString('latin1')
    const verdict = known.get(name) ?? verifySignature(publicKey, bytes, signature)
    known.set(name, verdict)
    return verdict
  }
}

interface Running {
  readonly machine: SimulatedMachine
  readonly journal: Journal
}

/** Machines with journals, and everything that may happen to them. */
class World {
  readonly simulation: Simulation
  readonly running = new Map<SimulatedMachine, Running>()
  /** Acknowledged texts. */
  readonly written = new Set<string>()
  readonly backups = new Map<SimulatedMachine, MemoryDisk>()
  readonly #verify = rememberingVerify()
  #count = 0

  constructor(simulation: Simulation) {
    this.simulation = simulation
  }

  async boot(machine: SimulatedMachine, options: { readonly damaged?: boolean } = {}): Promise<void> {
    const { clock, network, random, store } = machine.boot()
    await this.simulation.run(async () => {
      await store.start()
      await network.start()
      const journal = openJournal({
        space: SPACE,
        key: machine.key,
        store,
        prefix: spacePrefix(0),
        authority: openAuthority,
        projections: [textProjection()],
        clock,
        random,
        logger: silentLogger,
        verify: this.#verify,
        fingerprint: machine.disk.name,
        damaged: options.damaged === true,
        isStoreFailure: () => true,
        network,
      })
      this.running.set(machine, { machine, journal })
      await journal.start()
    })
  }

  /** Writes; what is acknowledged must never be lost. */
  write({ journal }: Running): void {
    const value = `${this.simulation.seed}.${this.#count++};`
    journal.append([text(value)]).then(
      () => this.written.add(value),
      () => undefined,
    )
  }

  /** Says a run of own entries anew. */
  async compact({ journal, machine }: Running): Promise<void> {
    const reference = { device: machine.key.device, incarnation: journal.incarnation, kind: 'data' } as const
    const from = 1 + this.simulation.random.below(10)
    const references = Array.from({ length: 12 }, (_, k) => ({ journal: reference, sequence: from + k }))
    const held = await journal.read(references)
    const last = held.at(-1)
    if (last === undefined || held.length < 3) return
    const body = utf8(held.map((entry) => fromUtf8(entry.body)).join(''))
    const ranges = [[from, last.sequence]] as const
    await journal.append([
      { kind: 'text.checkpoint', body, supersedes: [{ incarnation: journal.incarnation, ranges }] },
    ])
  }

  kill(machine: SimulatedMachine, how: 'process' | 'power'): void {
    if (how === 'power') machine.powerCut()
    else machine.kill()
    this.running.delete(machine)
  }

  get all(): readonly Running[] {
    return [...this.running.values()]
  }

  async standing({ machine }: Running): Promise<Set<string>> {
    const texts = new Set<string>()
    const range = { gte: utf8('pt'), lt: utf8('pu') }
    for await (const [, value] of machine.process?.store.entries(range) ?? []) {
      for (const part of fromUtf8(value).split(';')) if (part !== '') texts.add(`${part};`)
    }
    return texts
  }

  isEqual(): boolean {
    const [first, ...others] = this.all.map(({ journal }) => journal.frontier().join())
    return others.every((frontier) => frontier === first)
  }

  isSettled(): boolean {
    return this.all.every(({ journal }) => {
      const { missing, waiting } = journal.replicas()
      return missing === 0 && waiting === 0
    })
  }
}

async function weather(world: World, steps: number): Promise<void> {
  const { simulation } = world
  const { random } = simulation
  for (let step = 0; step < steps; step++) {
    const machine = pick(random, simulation.machines)
    const one = world.running.get(machine)
    const dice = random.below(100)
    if (one === undefined) {
      if (dice < 40) {
        simulation.note(`start ${machine.name}`)
        await world.boot(machine)
      }
    } else if (dice < 55) world.write(one)
    else if (dice < 62) void world.compact(one).catch(() => undefined)
    else if (dice < 68) {
      simulation.note(`kill ${machine.name}`)
      world.kill(machine, 'process')
    } else if (dice < 72) {
      simulation.note(`power cut of ${machine.name}`)
      world.kill(machine, 'power')
    } else if (dice < 80) {
      simulation.note('partition')
      simulation.network.partition(simulation.machines.filter(() => random.below(2) === 0).map(({ name }) => name))
    } else if (dice < 88) {
      simulation.note('heal')
      simulation.network.heal()
    } else if (dice < 92) world.backups.set(machine, machine.disk.clone())
    else if (dice < 95) await restore(world, machine)
    else if (dice < 97) await damage(world, machine)
    await simulation.clock.advance(random.below(5) === 0 ? random.below(20_000) : random.below(400))
  }
}

/** The folder is set back to a backup. What only it held is gone with it, as on a real machine: so others get it first. */
async function restore(world: World, machine: SimulatedMachine): Promise<void> {
  const backup = world.backups.get(machine)
  if (backup === undefined) return
  const { simulation } = world
  simulation.network.heal()
  await simulation.until('others to have it all', () => world.isEqual() || world.all.length < 2, { limit: 300_000 })
  if (world.all.length < 2) return
  simulation.note(`restore a backup of ${machine.name}`)
  world.kill(machine, 'process')
  machine.disk = backup.clone()
  await world.boot(machine)
}

/** Records are lost here and there, and the store says so at the next start. What only it held is safe with others before. */
async function damage(world: World, machine: SimulatedMachine): Promise<void> {
  const { simulation } = world
  simulation.network.heal()
  await simulation.until('others to have it all', () => world.isEqual() || world.all.length < 2, { limit: 300_000 })
  if (world.all.length < 2 || !world.running.has(machine)) return
  world.kill(machine, 'process')
  simulation.note(`${machine.name} loses ${await loseRecords(machine.disk, simulation.random)} records`)
  await world.boot(machine, { damaged: true })
}

async function peace(world: World): Promise<void> {
  const { simulation } = world
  simulation.note('peace')
  simulation.network.heal()
  for (const machine of simulation.machines) if (!world.running.has(machine)) await world.boot(machine)
  await simulation.until('all journals to be equal', () => world.isEqual() && world.isSettled(), { limit: 600_000 })
  for (const one of world.all) expect(subset(world.written, await world.standing(one)), one.machine.name).toEqual([])
}

const subset = (part: ReadonlySet<string>, whole: ReadonlySet<string>): readonly string[] =>
  [...part].filter((value) => !whole.has(value))

describe('journals in a simulated world', () => {
  it('J10 50 machines in a partial view come to hold the same', async () => {
    await simulate({ seed: 1, discovery: { degree: 6 } }, async (simulation) => {
      const world = new World(simulation)
      for (let index = 0; index < 50; index++) await world.boot(simulation.machine(`m${index}`))
      for (let index = 0; index < 60; index++) {
        world.write(pick(simulation.random, world.all))
        await simulation.clock.advance(50)
      }
      await peace(world)
      expect(world.written.size).toBe(60)
    })
  })

  it.each(Array.from({ length: 100 }, (_, seed) => seed))(
    'J4 J8 J9 J10 J11 seed %i: after faults of every kind all hold the same, and nothing acknowledged is lost',
    async (seed) => {
      await simulate({ seed, discovery: 'full', link: { loss: 0.05 } }, async (simulation) => {
        const world = new World(simulation)
        const count = 2 + simulation.random.below(4)
        for (let index = 0; index < count; index++) {
          const clockOffset = index === 1 ? (simulation.random.float() - 0.5) * 1e11 : 0
          await world.boot(simulation.machine(`m${index}`, { clockOffset }))
        }
        await weather(world, 60)
        await peace(world)
      })
    },
  )
})
