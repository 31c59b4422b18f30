import type { HandlersFor } from './handlers.ts'
import type { Swarm } from './swarm.ts'

/** The calls on people, their machines, invites and connections. `swarm` throws where this machine is in none. */
export function memberHandlers(
  swarm: () => Swarm,
): HandlersFor<'member' | 'device' | 'invite' | 'recovery' | 'doctor'> {
  return {
    'member.list': async () => swarm().members(),
    'member.rename': async ({ name }) => {
      await swarm().membership.acts.renamePerson(name)
      return undefined
    },
    'member.role': async ({ person, role }) => {
      await swarm().membership.acts.changeRole(person, role)
      return undefined
    },
    'member.remove': async ({ person }) => {
      await swarm().membership.acts.removePerson(person)
      return undefined
    },
    'device.link': async () => swarm().membership.links.create(),
    'device.remove': async ({ device }) => {
      await swarm().membership.acts.removeDevice(device)
      return undefined
    },
    'device.confirm': async ({ device }) => {
      await swarm().membership.acts.confirm(device)
      return undefined
    },
    'invite.create': async ({ lifetime, role, uses }) =>
      await swarm().membership.invites.create({
        ...(role === undefined ? {} : { role }),
        ...(uses === undefined ? {} : { uses }),
        ...(lifetime === undefined ? {} : { lifetime }),
      }),
    'invite.list': async () => await swarm().membership.invites.list(),
    'invite.revoke': async ({ invite }) => {
      await swarm().membership.invites.revoke(invite)
      return undefined
    },
    'recovery.make': async () => await swarm().membership.makeRecovery(),
    'doctor.report': async ({ device }) => await swarm().doctor(device),
  }
}
