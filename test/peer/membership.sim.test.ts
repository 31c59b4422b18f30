import { describe, expect, it } from 'vitest'

import { pick } from '../../src/base/random.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { MembershipStory } from './membership-story.ts'
import { rosterOf, SimulatedSwarm } from './simulated-swarm.ts'

const STEPS = 70
const SEEDS = 100
/** In virtual milliseconds: longer than any pause between two dials. */
const PEACE_MS = 900_000

interface Member {
  readonly machine: SimulatedMachine
  readonly swarm: Swarm
}

/** It left where nobody could hear it: the others wait for it, and it speaks to nobody. */
function hasLeft(machine: SimulatedMachine, { membership }: Swarm): boolean {
  return membership.standingOf(machine.key.device) === 'left'
}

/** Machines that belong, as the founder sees it, and those that do not. */
function parted({ founder, peers }: MembershipStory): { readonly inside: Member[]; readonly outside: Member[] } {
  const all = [...peers.running].map(([machine, swarm]) => ({ machine, swarm }))
  const view = peers.running.get(founder)?.membership
  const isInside = ({ machine, swarm }: Member): boolean =>
    view?.standingOf(machine.key.device) === 'active' && !hasLeft(machine, swarm)
  return { inside: all.filter(isInside), outside: all.filter((one) => !isInside(one)) }
}

/**
 * undefined: all who belong say the same of who belongs, and lack nothing; otherwise what is amiss. Their frontiers may
 * differ: what somebody wrote whom nobody let in, as it turned out, is kept by those who had it, and may wait there.
 */
function difference(story: MembershipStory): string | undefined {
  const { inside } = parted(story)
  const [first] = inside
  if (first === undefined) return 'nobody'
  for (const { machine, swarm } of inside) {
    if (rosterOf(swarm) !== rosterOf(first.swarm)) {
      return `${machine.name} has another roster:\n${rosterOf(swarm)}\nbut ${first.machine.name}:\n${rosterOf(first.swarm)}`
    }
  }
  const behind = inside.find(({ swarm }) => swarm.journal.replicas().missing > 0)
  return behind === undefined ? undefined : `${behind.machine.name} lacks ${behind.swarm.journal.replicas().missing}`
}

async function contentOf(simulation: Simulation, story: MembershipStory, { documents, messages }: Swarm) {
  const page = await simulation.run(() => messages.read(story.channel, { limit: 500 }))
  const text = await simulation.run(() => documents.text(story.document))
  return { messages: page.messages.map(({ id, text: said }) => ({ id, said })), text }
}

async function holds({ process }: SimulatedMachine, text: string): Promise<boolean> {
  const everything = { gte: new Uint8Array(), lt: new Uint8Array(64).fill(0xff) }
  if (process === undefined) return false
  for await (const [, value] of process.store.entries(everything)) if (Buffer.from(value).includes(text)) return true
  return false
}

async function step(simulation: Simulation, story: MembershipStory): Promise<void> {
  const { random } = simulation
  const machine = pick(random, simulation.machines)
  const swarm = story.peers.running.get(machine)
  const dice = random.below(100)
  if (story.isOutside(machine)) await story.arrive()
  else if (swarm === undefined) {
    simulation.note(`start ${machine.name}`)
    await story.peers.boot(machine)
  } else if (dice < 30) story.write(machine, swarm)
  else if (dice < 65) story.govern(machine, swarm)
  else if (dice < 80) await story.arrive()
  else if (dice < 87) {
    simulation.note(`kill ${machine.name}`)
    story.peers.kill(machine, dice < 84 ? 'process' : 'power')
  } else if (dice < 93) {
    const part = simulation.machines.filter(() => random.below(2) === 0).map(({ name }) => name)
    simulation.note(`partition ${part.join(' ')} | the others`)
    simulation.network.partition(part)
  } else {
    simulation.note('heal')
    simulation.network.heal()
  }
  await simulation.clock.advance(random.below(5) === 0 ? random.below(15_000) : random.below(300))
  story.sendAway()
}

async function scene(simulation: Simulation): Promise<void> {
  const peers = new SimulatedSwarm(simulation)
  const founder = simulation.machine('founder')
  const first = await peers.found(founder, 'alice')
  const { id: channel } = await simulation.run(() => first.messages.createChannel('general'))
  const { id: document } = await simulation.run(() => first.documents.create({ title: 'Notes', kind: 'text' }))
  const invite = await peers.invite(first, { uses: 2 })
  await peers.enter(simulation.machine('m1'), 'bob', invite)
  await peers.enter(simulation.machine('m2'), 'carol', invite)
  await simulation.until('three to be members', () => first.membership.machines().length === 3)
  const story = new MembershipStory({ peers, founder, channel, document })
  for (let number = 0; number < STEPS; number++) await step(simulation, story)

  simulation.note('peace')
  simulation.network.heal()
  for (const machine of simulation.machines) {
    if (!peers.running.has(machine) && !story.isOutside(machine)) await peers.boot(machine)
  }
  await simulation.clock.advance(60_000)
  let last: string | undefined
  await simulation
    .until('all who belong to agree', () => (last = difference(story)) === undefined, { limit: PEACE_MS, step: 1000 })
    .catch((error: Error) => {
      throw new Error(`${error.message}: ${last ?? ''}`, { cause: error })
    })
  expect(story.failures).toEqual([])

  const { inside, outside } = parted(story)
  const shown = []
  for (const { swarm } of inside) shown.push(await contentOf(simulation, story, swarm))
  for (const one of shown) expect(one).toEqual(shown[0])
  const ids = new Set<string>(shown[0]?.messages.map(({ id }) => id))
  const isLasting = (author: string): boolean =>
    inside.some(({ machine }) => machine.key.device === author && !story.touched.has(machine.key.device))
  expect([...story.said].filter(([id, author]) => isLasting(author) && !ids.has(id))).toEqual([])

  const secret = 'what they are not to know'
  const alive = peers.running.get(founder)
  if (alive === undefined) throw new Error('the founder is gone')
  await simulation.run(() => alive.messages.post(channel, secret))
  await simulation.clock.advance(60_000)
  for (const { machine } of inside) expect([machine.name, await holds(machine, secret)]).toEqual([machine.name, true])
  for (const { machine } of outside) expect([machine.name, await holds(machine, secret)]).toEqual([machine.name, false])
}

describe('people who come and go in a simulated world', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'seed %i: those who remain agree on who belongs and show the same; those who do not get nothing newer',
    async (seed) => {
      await simulate({ seed, discovery: 'full', link: { loss: 0.05 } }, scene)
    },
  )
})
