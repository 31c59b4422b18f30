import { decodeInviteLink, requestJoin } from '../../src/identity/roster/index.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import type { SimulatedSwarm } from './simulated-swarm.ts'

/** A swarm of so many, all admitted by the first before they came; resolves once all know all. */
export async function openSimulatedSwarm(peers: SimulatedSwarm, count: number): Promise<readonly Swarm[]> {
  const { simulation } = peers
  const founder = await peers.found(simulation.machine('m0'), 'p0')
  const invite = await peers.invite(founder, { uses: count })
  const { grant, seed, space } = decodeInviteLink(invite)
  const machines = Array.from({ length: count - 1 }, (_, index) => simulation.machine(`m${index + 1}`))
  const admissions = machines.map(({ key, name }) => {
    const join = requestJoin({ space, grant, seed, key, person: name, machine: name })
    return { kind: 'person.admit' as const, ...join }
  })
  await simulation.run(() => founder.membership.acts.write(...admissions))
  for (const machine of machines) await peers.enter(machine, machine.name, invite)
  const isIn = ({ membership }: Swarm): boolean => membership.machines().length === count
  await simulation.until('all to be in', () => peers.all.every(isIn), { step: 500 })
  return peers.all
}
