import { describe, expect, it } from 'vitest'

import type { Random } from '../../src/base/random.ts'
import { pick } from '../../src/base/random.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { Documents } from '../../src/documents/index.ts'
import { createDocuments, createPresence, DocumentsProjection } from '../../src/documents/index.ts'
import { verifySignature } from '../../src/identity/index.ts'
import type { Journal } from '../../src/journal/index.ts'
import { openJournal, spacePrefix } from '../../src/journal/index.ts'
import type { Messages } from '../../src/messaging/index.ts'
import { createMessages, MessagesProjection } from '../../src/messaging/index.ts'
import { createEphemeral } from '../../src/network/index.ts'
import type { MemoryDisk } from '../../src/store/index.ts'
import { SPACE } from '../journal/local-peers.ts'
import { loseRecords } from '../support/lose-records.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { openAuthority } from '../support/open-authority.ts'

interface Running {
  readonly machine: SimulatedMachine
  readonly journal: Journal
  readonly messages: Messages
  readonly documents: Documents
}

const WORDS = ['roof', 'bread', 'wine', 'seven', 'garden', 'music', '\n', ' ']

/** Whole peers but for the desk they stand on: journals, documents and messages over a simulated network. */
class Peers {
  readonly simulation: Simulation
  readonly running = new Map<SimulatedMachine, Running>()
  /** Acknowledged messages by id. */
  readonly said = new Set<string>()

  constructor(simulation: Simulation) {
    this.simulation = simulation
  }

  async boot(machine: SimulatedMachine, options: { readonly damaged?: boolean } = {}): Promise<void> {
    const { clock, network, random, store } = machine.boot()
    const logger = silentLogger
    await this.simulation.run(async () => {
      await store.start()
      const messagesProjection = new MessagesProjection({ clock })
      const documentsProjection = new DocumentsProjection({ space: SPACE, store, logger })
      const journal = openJournal({
        space: SPACE,
        key: machine.key,
        store,
        prefix: spacePrefix(0),
        authority: openAuthority,
        projections: [documentsProjection, messagesProjection],
        clock,
        random,
        logger,
        verify: verifySignature,
        fingerprint: machine.disk.name,
        damaged: options.damaged === true,
        isStoreFailure: () => true,
        network,
      })
      const ephemeral = createEphemeral({
        network,
        key: machine.key,
        verify: verifySignature,
        clock,
        topic: 'presence',
      })
      const presence = createPresence({ ephemeral, network, clock, space: SPACE })
      const messages = createMessages({
        journal,
        machines: () => this.simulation.machines.length,
        projection: messagesProjection,
        store,
        clock,
        random,
      })
      const documents = createDocuments({
        journal,
        projection: documentsProjection,
        presence,
        store,
        clock,
        random,
        logger,
      })
      await network.start()
      await journal.start()
      await documents.start()
      this.running.set(machine, { machine, journal, messages, documents })
    })
  }

  get all(): readonly Running[] {
    return [...this.running.values()]
  }

  kill(machine: SimulatedMachine, how: 'process' | 'power'): void {
    if (how === 'power') machine.powerCut()
    else machine.kill()
    this.running.delete(machine)
  }

  isEqual(): boolean {
    const frontiers = this.all.map(({ journal }) => journal.frontier().join())
    const settled = this.all.every(({ journal }) => {
      const { missing, waiting } = journal.replicas()
      return missing === 0 && waiting === 0
    })
    return settled && new Set(frontiers).size === 1
  }
}

/** The folder is set back to a backup, or loses records. What only it held is gone with it: so others get it first. */
async function setBack(peers: Peers, machine: SimulatedMachine, backup: MemoryDisk | undefined): Promise<void> {
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
  peers: Peers,
  { documents, messages }: Running,
  channel: string,
  ids: readonly string[],
  random: Random,
): void {
  const id = pick(random, ids)
  const word = pick(random, WORDS)
  if (random.below(2) === 0) {
    messages.post(channel, `${word} ${random.below(1000)}`).then(
      (posted) => peers.said.add(posted.id),
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
  const peers = new Peers(simulation)
  const count = 2 + random.below(3)
  for (let index = 0; index < count; index++) {
    const clockOffset = index === 1 ? (random.float() - 0.5) * 1e11 : 0
    await peers.boot(simulation.machine(`m${index}`, { clockOffset }))
  }
  const [first] = peers.all
  if (first === undefined) throw new Error('no peers')
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
    } else if (dice < 72) act(peers, one, channel, ids, random)
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
    expect([...peers.said].filter((id) => !here.has(id))).toEqual([])
    expect(here.size).toBe(page.messages.length)
  }
  for (const one of shown) expect(one).toEqual(shown[0])
  expect(peers.said.size).toBeGreaterThan(0)
}

describe('whole peers in a simulated world', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed))(
    'seed %i: after faults of every kind all show the same documents and messages, and nothing acknowledged is lost',
    async (seed) => {
      await simulate({ seed, discovery: 'full', link: { loss: 0.05 } }, scene)
    },
  )
})
