import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Verify } from '../device-key.ts'
import { verifySignature } from '../device-key.ts'
import type { PersonId } from './acts.ts'
import { Arrivals } from './arrivals.ts'
import type { Cut, Place } from './cuts.ts'
import type { RosterEntry, Step } from './history.ts'
import { buildHistory } from './history.ts'
import type { RosterInvite } from './invites.ts'
import { invitesOf } from './invites.ts'
import { settleWithOwner } from './last-owner.ts'
import type { Role } from './roles.ts'
import { about } from './subjects.ts'
import type { Verdict } from './verdict.ts'
import { createVerdicts } from './verdict.ts'
import type { DeviceState } from './view.ts'
import { View } from './view.ts'

export interface RosterDevice {
  readonly device: DeviceId
  readonly person: PersonId
  /** The person's; what it was at the end for those who are gone. */
  readonly role: Role
  readonly state: DeviceState
  /** The machine's name. */
  readonly name: string
  /** The device that let it in; the founder's let itself in. */
  readonly admittedBy: DeviceId
  /** Up to where its journals count, for each act that ended it: what all of them name counts. */
  readonly cuts: readonly (readonly Cut[])[]
  /** The act that ended it, where one did. */
  readonly endedBy: { readonly device: DeviceId; readonly hash: Uint8Array } | undefined
}

export interface RosterPerson {
  readonly person: PersonId
  readonly name: string
  readonly role: Role
  /** Of people without a device at hand: how the last one went. */
  readonly state: DeviceState
  readonly devices: readonly DeviceId[]
}

/** Who belongs, as everybody sees it who has the same entries. */
export interface Roster {
  /** `undefined` until the founder's entry is here. */
  readonly name: string | undefined
  /** Of which the space is made, 32 bytes: known to those alone who were shown who belongs. */
  readonly nonce: Uint8Array | undefined
  readonly devices: ReadonlyMap<DeviceId, RosterDevice>
  /** Without helpers, which are machines only. */
  readonly people: ReadonlyMap<PersonId, RosterPerson>
  readonly invites: readonly RosterInvite[]
  /** Everybody who was ever let in by somebody who was, also where that does not stand: what they wrote is kept. */
  readonly admitted: ReadonlySet<DeviceId>
  /** Whether an entry counts, for any entry of any journal. */
  readonly counts: (place: Place) => Verdict
}

/**
 * The roster that a set of entries makes: the same for any order and repetition. Entries that come after ones which are not
 * here wait.
 * @param entries all entries of `members` journals, those of other kinds too
 */
export function resolveRoster(
  entries: Iterable<RosterEntry>,
  options: { readonly space: SpaceId; readonly verify?: Verify },
): Roster {
  const { space, verify = verifySignature } = options
  const settlement = settleWithOwner(buildHistory(entries, { space, verify }))
  const view = new View(settlement)
  const arrivals = new Arrivals(settlement, view)
  const devices = devicesOf(settlement.history.steps, view)
  return {
    name: swarmName(view),
    nonce: foundingOf(view)?.act.nonce,
    devices,
    people: peopleOf(devices, view),
    invites: invitesOf(settlement, view),
    admitted: arrivals.admitted,
    counts: createVerdicts(settlement, view, arrivals),
  }
}

function swarmName(view: View): string | undefined {
  return view.last(view.acts(about.swarm, 'swarm.rename'))?.act.name ?? foundingOf(view)?.act.name
}

function foundingOf(view: View): Step<'swarm.found'> | undefined {
  return view.highest(view.acts(about.swarm, 'swarm.found'))
}

function devicesOf(steps: readonly Step[], view: View): ReadonlyMap<DeviceId, RosterDevice> {
  const admitted = new Set<DeviceId>()
  for (const { act, entry } of steps) {
    if (act.kind === 'swarm.found') admitted.add(entry.device)
    else if (act.kind === 'person.admit' || act.kind === 'device.link') admitted.add(act.device)
  }
  const found = [...admitted].sort().flatMap((device) => deviceOf(device, view) ?? [])
  return new Map(found.map((item) => [item.device, item]))
}

function deviceOf(device: DeviceId, view: View): RosterDevice | undefined {
  const admission = view.admission(device)
  const person = view.personOf(device)
  const role = person === undefined ? undefined : view.givenRole(person)
  const state = view.stateOf(device)
  if (admission === undefined || person === undefined || role === undefined || state === undefined) return undefined
  const renamed = view.last(view.acts(about.deviceName(device), 'device.rename'))
  const ends = [
    ...view.acts(about.person(person), 'person.remove'),
    ...view.acts(about.device(device), 'device.remove', 'device.leave'),
  ]
  const end = ends[0]?.entry
  return {
    device,
    person,
    role,
    state,
    name: renamed?.act.name ?? admission.act.machine,
    admittedBy: admission.entry.device,
    cuts: ends.map(({ act }) => act.cuts.filter((cut) => cut.device === device)),
    endedBy: end === undefined ? undefined : { device: end.device, hash: end.hash },
  }
}

const STATES: readonly DeviceState[] = ['active', 'suspended', 'left', 'removed']

function peopleOf(devices: ReadonlyMap<DeviceId, RosterDevice>, view: View): ReadonlyMap<PersonId, RosterPerson> {
  const people = new Map<PersonId, RosterPerson>()
  for (const { device, person, role, state } of devices.values()) {
    if (role === 'helper') continue
    const known = people.get(person)
    people.set(person, {
      person,
      name: known?.name ?? personName(person, view),
      role,
      state: STATES.find((name) => name === state || name === known?.state) ?? state,
      devices: [...(known?.devices ?? []), device],
    })
  }
  return people
}

function personName(person: PersonId, view: View): string {
  const renamed = view.last(view.acts(about.personName(person), 'person.rename'))
  return renamed?.act.name ?? view.arrival(person)?.act.person ?? ''
}
