import { toHex } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Act, PersonId } from './acts.ts'

/** What acts are about: each question about the membership reads the acts of few subjects. */
export const about = {
  swarm: 'swarm',
  /** People who were made owners at some time, maybe by somebody who may not. */
  owners: 'owners',
  person: (person: PersonId): string => `person ${person}`,
  /** The devices that claim to be a person's. */
  devices: (person: PersonId): string => `devices ${person}`,
  device: (device: DeviceId): string => `device ${device}`,
  personName: (person: PersonId): string => `person's name ${person}`,
  deviceName: (device: DeviceId): string => `device's name ${device}`,
  /** With the inviter, so that nobody else's invite by the same seed gets in its way. */
  invite: (invite: Uint8Array, inviter: DeviceId): string => `invite ${toHex(invite)} ${inviter}`,
}

/** The writings of one act: an entry that is written anew keeps its id. */
export function doubleKey(act: Act, author: DeviceId): string {
  return `double ${act.kind} ${toHex(act.id)} ${author}`
}

export function subjectsOf(act: Act, author: DeviceId): readonly string[] {
  switch (act.kind) {
    case 'swarm.found':
      return [about.swarm, about.owners, about.person(author), about.device(author), about.devices(author)]
    case 'swarm.rename':
      return [about.swarm]
    case 'invite.create':
      return [about.invite(act.invite, author)]
    case 'invite.revoke':
      return [about.invite(act.invite, act.inviter)]
    case 'person.admit':
      return [
        about.invite(act.invite, act.inviter),
        about.person(act.device),
        about.device(act.device),
        about.devices(act.device),
        ...(act.role === 'owner' ? [about.owners] : []),
      ]
    case 'person.rename':
      return [about.personName(act.person)]
    case 'person.role':
      return [about.person(act.person), ...(act.role === 'owner' ? [about.owners] : [])]
    case 'person.remove':
      return [about.person(act.person)]
    case 'device.link':
      return [about.device(act.device), about.devices(act.person)]
    case 'device.rename':
      return [about.deviceName(act.device)]
    case 'device.remove':
    case 'device.confirm':
      return [about.device(act.device)]
    case 'device.leave':
      return [about.device(author)]
  }
}
