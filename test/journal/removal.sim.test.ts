import { describe, expect, it } from 'vitest'

import { codeOf } from '../../src/base/errors.ts'
import { silentLogger } from '../../src/base/log.ts'
import { pick } from '../../src/base/random.ts'
import type { Cut } from '../../src/identity/roster/index.ts'
import type { Draft, Journal } from '../../src/journal/index.ts'
import { openJournal, spacePrefix } from '../../src/journal/index.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { standing, text, textProjection } from './local-peers.ts'
import { RosterAuthority } from './roster-authority.ts'
import { actDraft, admissionDraft, foundingDraft, idOf, keyOf, ROSTER_SPACE, verifyOnce } from './roster-peers.ts'

interface Running {
  readonly journal: Journal
  readonly authority: RosterAuthority
}

const ROLES = { bob: 'member', carol: 'admin', dave: 'member' } as const
const NAMES = ['alice', ...Object.keys(ROLES)]

/** People on machines with journals and a network, who remove each other among faults of every kind. */
class World {
  readonly simulation: Simulation
  readonly running = new Map<SimulatedMachine, Running>()
  /** Acknowledged texts by author. */
  readonly written = new Map<string, string[]>(NAMES.map((name) => [name, []]))
  #count = 0

  constructor(simulation: Simulation) {
    this.simulation = simulation
  }

  async boot(machine: SimulatedMachine): Promise<void> {
    const { clock, network, random, store } = machine.boot()
    await this.simulation.run(async () => {
      await store.start()
      await network.start()
      const authority = new RosterAuthority({ space: ROSTER_SPACE, self: machine.key.device, verify: verifyOnce })
      await authority.load(store)
      const journal = openJournal({
        space: ROSTER_SPACE,
        key: machine.key,
        store,
        prefix: spacePrefix(0),
        authority,
        projections: [authority, textProjection()],
        clock,
        random,
        logger: silentLogger,
        verify: verifyOnce,
        fingerprint: machine.disk.name,
        isStoreFailure: () => true,
        network,
      })
      this.running.set(machine, { journal, authority })
      await journal.start()
    })
  }

  /** Alice founds the swarm and lets all in; they hear of it. */
  async found(): Promise<void> {
    const { simulation } = this
    for (const name of NAMES) await this.boot(simulation.machine(name, { key: keyOf(name) }))
    const [alice] = this.running.values()
    if (alice === undefined) throw new Error('nobody is there')
    const drafts = [foundingDraft(), ...Object.entries(ROLES).map(([name, role]) => admissionDraft(name, role))]
    await simulation.run(async () => await alice.journal.append(drafts))
    await this.settle()
  }

  write(machine: SimulatedMachine, { journal }: Running): void {
    const value = `${this.simulation.seed}.${this.#count++}.${machine.name};`
    this.#append(journal, text(value), () => this.written.get(machine.name)?.push(value))
  }

  restrict(machine: SimulatedMachine, { authority, journal }: Running): void {
    const { random } = this.simulation
    const name = pick(random, NAMES)
    if (name === machine.name || authority.current.devices.get(machine.key.device)?.state !== 'active') return
    const cuts = journal
      .journalsOf(idOf(name))
      .map(({ hash, journal: { device, incarnation, kind }, sequence }): Cut => ({
        device,
        incarnation,
        journal: kind,
        sequence,
        hash,
      }))
    const isRemoval = random.below(2) === 0
    this.simulation.note(`${machine.name} ${isRemoval ? 'removes' : 'changes the role of'} ${name}`)
    const person = idOf(name)
    const role = pick(random, ['observer', 'member'] as const)
    this.#append(
      journal,
      actDraft(isRemoval ? { kind: 'person.remove', person, cuts } : { kind: 'person.role', person, role, cuts }),
    )
  }

  #append(journal: Journal, draft: Draft, done: () => void = () => undefined): void {
    journal.append([draft]).then(done, (error: unknown) => {
      if (codeOf(error) !== 'NOT_ALLOWED_TO_WRITE') this.simulation.note(`an append failed: ${String(error)}`)
    })
  }

  async settle(): Promise<void> {
    const isEqual = (): boolean =>
      new Set([...this.running.values()].map(({ journal }) => journal.frontier().join())).size === 1
    const isSettled = (): boolean =>
      [...this.running.values()].every(({ journal }) => {
        const { missing, waiting } = journal.replicas()
        return missing === 0 && waiting === 0
      })
    await this.simulation.until('all journals to be equal', () => isEqual() && isSettled(), { limit: 900_000 })
    for (const { journal } of this.running.values()) await this.simulation.run(() => journal.settled())
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
      if (dice < 60) await world.boot(machine)
    } else if (dice < 60) world.write(machine, one)
    else if (dice < 68) world.restrict(machine, one)
    else if (dice < 74) {
      simulation.note(`kill ${machine.name}`)
      if (random.below(2) === 0) machine.powerCut()
      else machine.kill()
      world.running.delete(machine)
    } else if (dice < 86) {
      simulation.note('partition')
      simulation.network.partition(simulation.machines.filter(() => random.below(2) === 0).map(({ name }) => name))
    } else if (dice < 92) simulation.network.heal()
    await simulation.clock.advance(random.below(4) === 0 ? random.below(20_000) : random.below(600))
  }
}

describe('removals in a simulated world', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed))(
    'J16 J17 J18 seed %i: after partitions and kills all show the same, and nobody’s innocent work is missing',
    async (seed) => {
      await simulate({ seed, discovery: 'full', link: { loss: 0.03 } }, async (simulation) => {
        const world = new World(simulation)
        await world.found()
        await weather(world, 50)
        simulation.network.heal()
        for (const machine of simulation.machines) if (!world.running.has(machine)) await world.boot(machine)
        await world.settle()
        const shown: (readonly string[])[] = []
        for (const machine of simulation.machines) {
          const store = machine.process?.store
          if (store !== undefined) shown.push(await standing(store))
        }
        const [first = [], ...others] = shown
        for (const other of others) expect(other).toEqual(first)
        const [alice] = world.running.values()
        for (const [name, texts] of world.written) {
          const own = alice?.authority.current.devices.get(idOf(name))
          if (own?.state === 'active' && own.role !== 'observer') expect(first).toEqual(expect.arrayContaining(texts))
        }
      })
    },
  )
})
