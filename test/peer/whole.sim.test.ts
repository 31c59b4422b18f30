import { describe, expect, it } from 'vitest'

import type { Random } from '../../src/base/random.ts'
import { pick } from '../../src/base/random.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import type { MemoryDisk } from '../../src/store/index.ts'
import { loseRecords } from '../support/lose-records.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'

const WORDS = ['roof', 'bread', 'wine', 'seven', 'garden', 'music', '\n', ' ']

/** From now on the machine's clock is off. Nobody could have let it in with an invite that looks expired. */
async function setClock(peers: SimulatedSwarm, machine: SimulatedMachine, offset: number): Promise<void> {
  peers.kill(machine, 'process')
  machine.clockOffset = offset
  await peers.boot(machine)
}

/** The folder is set back to a backup, or loses records. What only it held is gone with it: so others get it first. */
async function setBack(
  peers: SimulatedSwarm,
  machine: SimulatedMachine,
  backup: MemoryDisk | undefined,
): Promise<void> {
  const { simulation } = peers
  simulation.network.heal()
  await simulation.until('others to have it all', () => peers.isEqual() || peers.all.length < 2, { limit: 300_000 })
  if (peers.all.length < 2 || !peers.running.has(machine)) return
  peers.kill(machine, 'process')
  if (backup === undefined) {
    simulation.note(`${machine.name} loses ${await loseRecords(machine.disk, simulation.random)} records`)
  } else {
    simulation.note(`restore a backup of ${machine.name}`)
    machine.disk = backup.clone()
  }
  await peers.boot(machine, { damaged: backup === undefined })
}

/** Something that people do; what never comes back (the process was killed) is nobody's to wait for. */
function act(
  said: Set<string>,
  { documents, messages }: Swarm,
  channel: string,
  ids: readonly string[],
  random: Random,
): void {
  const id = pick(random, ids)
  const word = pick(random, WORDS)
  if (random.below(2) === 0) {
    messages.post(channel, `${word} ${random.below(1000)}`).then(
      (posted) => said.add(posted.id),
      () => undefined,
    )
  } else if (random.below(3) === 0) {
    documents
      .text(id)
      .then((text) => documents.write(id, `${text.slice(0, random.below(20))}${word}${text.slice(random.below(30))}`))
      .catch(() => undefined)
  } else documents.append(id, word).catch(() => undefined)
}

async function scene(simulation: Simulation): Promise<void> {
  const { random } = simulation
  const peers = new SimulatedSwarm(simulation)
  /** Acknowledged messages by id. */
  const said = new Set<string>()
  const first = await peers.found(simulation.machine('m0'), 'p0')
  const count = 2 + random.below(3)
  const invite = await peers.invite(first, { uses: count })
  for (let index = 1; index < count; index++) {
    await peers.enter(simulation.machine(`m${index}`), `p${index}`, invite)
  }
  const hasAll = (swarm: Swarm): boolean => swarm.membership.machines().length === count
  await simulation.until('all to be members', () => peers.isEqual() && peers.all.every(hasAll))
  const second = simulation.machines[1]
  if (second !== undefined) await setClock(peers, second, (random.float() - 0.5) * 1e11)
  const { id: channel } = await simulation.run(() => first.messages.createChannel('general'))
  const ids = [
    (await simulation.run(() => first.documents.create({ title: 'Notes', kind: 'text' }))).id,
    (await simulation.run(() => first.documents.create({ title: 'Minutes', kind: 'rich' }))).id,
  ]
  await simulation.until('all to have them', () => peers.isEqual())

  const backups = new Map<SimulatedMachine, MemoryDisk>()
  for (let step = 0; step < 60; step++) {
    const machine = pick(random, simulation.machines)
    const one = peers.running.get(machine)
    const dice = random.below(100)
    if (one === undefined) {
      simulation.note(`start ${machine.name}`)
      await peers.boot(machine)
    } else if (dice < 72) act(said, one, channel, ids, random)
    else if (dice < 75) backups.set(machine, machine.disk.clone())
    else if (dice < 77) await setBack(peers, machine, backups.get(machine))
    else if (dice < 82) {
      simulation.note(`kill ${machine.name}`)
      peers.kill(machine, dice < 80 ? 'process' : 'power')
    } else if (dice < 88) {
      simulation.note('partition')
      simulation.network.partition(simulation.machines.filter(() => random.below(2) === 0).map(({ name }) => name))
    } else {
      simulation.note('heal')
      simulation.network.heal()
    }
    await simulation.clock.advance(random.below(5) === 0 ? random.below(15_000) : random.below(300))
  }

  simulation.note('peace')
  simulation.network.heal()
  for (const machine of simulation.machines) if (!peers.running.has(machine)) await peers.boot(machine)
  await simulation.until('all peers to be equal', () => peers.isEqual(), { limit: 600_000 })

  const shown: unknown[] = []
  for (const { documents, messages } of peers.all) {
    const page = await simulation.run(() => messages.read(channel, { limit: 500 }))
    const texts: string[] = []
    for (const id of ids) texts.push(await simulation.run(() => documents.text(id)))
    shown.push({ messages: page.messages.map(({ id, text }) => `${id} ${text}`), texts })
    const here = new Set<string>(page.messages.map(({ id }) => id))
    expect([...said].filter((id) => !here.has(id))).toEqual([])
    expect(here.size).toBe(page.messages.length)
  }
  for (const one of shown) expect(one).toEqual(shown[0])
  expect(said.size).toBeGreaterThan(0)
}

describe('whole peers in a simulated world', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed))(
    'seed %i: after faults of every kind all show the same documents and messages, and nothing acknowledged is lost',
    async (seed) => {
      await simulate({ seed, discovery: 'full', link: { loss: 0.05 } }, scene)
    },
  )
})
