import type { Device, Members, Membership, Person } from '../../api/contract/index.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Seen } from '../../identity/index.ts'
import type { Roster, RosterDevice, RosterPerson } from '../../identity/roster/index.ts'
import { RIGHTS } from '../../identity/roster/index.ts'
import { invitable } from './invites.ts'
import type { MemberActs } from './member-acts.ts'
import type { RosterState } from './roster-state.ts'

/** The name of the device that a recovery phrase is: it exists on paper, and is no machine. */
export const RECOVERY_NAME = 'recovery phrase'

export interface MembersInputs {
  readonly self: DeviceId
  readonly state: RosterState
  readonly acts: MemberActs
  readonly isOnline: (device: DeviceId) => boolean
  readonly lastSeen: (device: DeviceId) => number | undefined
}

/** Everybody who belongs or belonged. */
export function presentMembers(inputs: MembersInputs): Members {
  const { self, state } = inputs
  const { devices, people } = state.current
  const own = state.self?.person
  return {
    people: [...people.values()]
      .map((person) => presentPerson(person, inputs))
      .sort((a, b) => Number(b.self) - Number(a.self) || a.name.localeCompare(b.name)),
    devices: [...devices.values()]
      .map((device) => presentDevice(device, inputs))
      .sort(
        (a, b) =>
          Number(b.deviceId === self) - Number(a.deviceId === self) ||
          Number(b.personId === own) - Number(a.personId === own) ||
          a.name.localeCompare(b.name),
      ),
  }
}

function presentPerson(person: RosterPerson, { acts, state }: MembersInputs): Person {
  const first = state.current.devices.get(person.person)
  const admitter = first === undefined ? undefined : state.current.devices.get(first.admittedBy)
  const suspended = person.devices.flatMap((device) => state.current.devices.get(device) ?? [])
  return {
    personId: person.person,
    name: person.name,
    self: person.person === state.self?.person,
    role: person.role,
    standing: person.state,
    devices: person.devices,
    admittedBy: admitter === undefined || admitter.device === person.person ? null : nameOf(state.current, admitter),
    may: {
      roles: acts.rolesFor(person),
      remove: acts.mayRemove(person),
      confirm: suspended.some((device) => acts.mayConfirm(device)),
    },
  }
}

function presentDevice(device: RosterDevice, { acts, isOnline, lastSeen, self }: MembersInputs): Device {
  return {
    deviceId: device.device,
    name: device.name,
    self: device.device === self,
    personId: device.role === 'helper' ? null : device.person,
    role: device.role,
    standing: device.state,
    online: isOnline(device.device),
    lastSeen: lastSeen(device.device) ?? null,
    recovery: device.name === RECOVERY_NAME,
    may: { remove: acts.mayRemoveDevice(device), confirm: acts.mayConfirm(device) },
  }
}

/** What this machine is here. @param told how others see it, where they do not speak to it any more */
export function presentMembership(state: RosterState, told: Seen | undefined): Membership {
  const own = state.self
  const standing = own?.state === 'active' && told !== undefined ? standingTold(told) : (own?.state ?? 'active')
  const { endedBy } = own ?? {}
  const author = endedBy === undefined ? undefined : state.current.devices.get(endedBy.device)
  const isActive = standing === 'active'
  return {
    personId: own?.person ?? null,
    personName: own === undefined ? '' : nameOf(state.current, own),
    role: own?.role ?? 'member',
    standing,
    endedBy: author === undefined ? (told?.by ?? null) : nameOf(state.current, author),
    endedAt: endedBy === undefined ? (told?.at ?? null) : (state.timeOf(endedBy.hash) ?? null),
    mayWrite: isActive && state.mayWrite() === undefined,
    mayInvite: own === undefined || !isActive ? [] : invitable(own.role),
  }
}

function standingTold({ standing }: Seen): Membership['standing'] {
  return standing === 'unknown' ? 'active' : standing
}

/** The person's name, or the machine's where it has no person. */
export function nameOf(roster: Roster, { name, person }: RosterDevice): string {
  return roster.people.get(person)?.name ?? name
}

/** Machines that hold and do something now: not those that are gone, nor one that exists on paper. */
export function machinesOf(roster: Roster): readonly RosterDevice[] {
  return [...roster.devices.values()].filter(
    ({ name, role, state }) =>
      (state === 'active' || state === 'suspended') && name !== RECOVERY_NAME && RIGHTS[role].read,
  )
}
