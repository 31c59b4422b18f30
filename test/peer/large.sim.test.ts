import { describe, expect, test } from 'vitest'

import type { DeviceKey } from '../../src/identity/index.ts'
import { decodeInviteLink, requestJoin } from '../../src/identity/roster/index.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'

const KNOWN_WITHIN_MS = 4000
const IDLE_BYTES_PER_SECOND = 1200
const IDLE_MS = 60_000

/** A swarm of so many, admitted before they come, each connected to some of the others. */
async function many(simulation: Simulation, peers: SimulatedSwarm, count: number): Promise<readonly Swarm[]> {
  const founder = await peers.found(simulation.machine('m0'), 'p0')
  const invite = await peers.invite(founder, { uses: count })
  const { grant, seed, space } = decodeInviteLink(invite)
  const machines = Array.from({ length: count - 1 }, (_, index) => simulation.machine(`m${index + 1}`))
  const request = (key: DeviceKey, name: string) =>
    requestJoin({ space, grant, seed, key, person: name, machine: name })
  const admissions = machines.map(({ key, name }) => ({ kind: 'person.admit' as const, ...request(key, name) }))
  await simulation.run(() => founder.membership.acts.write(...admissions))
  for (const machine of machines) await enter(peers, machine, invite)
  const isIn = ({ membership }: Swarm): boolean => membership.machines().length === count
  await simulation.until('all to be in', () => peers.all.every(isIn), { step: 500 })
  return peers.all
}

async function enter(peers: SimulatedSwarm, machine: SimulatedMachine, invite: string): Promise<void> {
  await peers.enter(machine, machine.name, invite)
}

describe('a swarm of 200', () => {
  test('a change of membership is known by all in less than 4 s, and idle it costs each peer less than 1.2 kB a second', async () => {
    await simulate({ seed: 1, discovery: 'view' }, async (simulation) => {
      const peers = new SimulatedSwarm(simulation, { capacity: () => Promise.reject(new Error('not told here')) })
      const all = await many(simulation, peers, 200)
      const [founder] = all
      if (founder === undefined) throw new Error('nobody')
      await simulation.clock.advance(IDLE_MS)

      const before = simulation.network.sent
      await simulation.clock.advance(IDLE_MS)
      const rate = ((simulation.network.sent - before) * 1000) / IDLE_MS / all.length

      const startedAt = simulation.clock.monotonic()
      const person = all[100]?.members().people.find(({ self }) => self)?.personId ?? ''
      await simulation.run(() => founder.membership.acts.removePerson(person))
      const knows = (one: Swarm): boolean =>
        one.members().people.find(({ personId }) => personId === person)?.standing === 'removed'
      await simulation.until('all to know', () => all.every(knows), { limit: 60_000, step: 50 })
      const took = simulation.clock.monotonic() - startedAt

      const links = (simulation.network.connections * 2) / all.length
      console.log(
        `200 peers: ${links.toFixed(1)} connections each, ${rate.toFixed(0)} bytes/s each when idle, a removal known by all after ${took.toFixed(0)} ms`,
      )
      expect(took).toBeLessThan(KNOWN_WITHIN_MS)
      expect(rate).toBeLessThan(IDLE_BYTES_PER_SECOND)
    })
  })
})
