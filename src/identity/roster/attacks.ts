import { toHex } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Restriction } from './acts.ts'
import { cutOf } from './cuts.ts'
import type { History, RosterEntry, Step } from './history.ts'
import { about } from './subjects.ts'

export type RestrictionStep = Step<Restriction['kind']>

const ofDevice = new Set<string>(['device.remove', 'device.leave'])
const ofPerson = new Set<string>(['person.remove', 'person.role'])

function stepsAbout(history: History, subject: string, kinds: ReadonlySet<string>): readonly RestrictionStep[] {
  return (history.about.get(subject) ?? []).filter((step): step is RestrictionStep => kinds.has(step.act.kind))
}

/** Everything that, should it stand, takes something from a device: said of it, or of a person that it claims to be of. */
export function restrictionsOf(history: History, device: DeviceId): readonly RestrictionStep[] {
  const claims = new Set<DeviceId>()
  for (const { act, entry } of history.about.get(about.device(device)) ?? []) {
    if (act.kind === 'swarm.found') claims.add(entry.device)
    if (act.kind === 'person.admit') claims.add(act.device)
    if (act.kind === 'device.link') claims.add(act.person)
  }
  return [
    ...stepsAbout(history, about.device(device), ofDevice),
    ...[...claims].flatMap((person) => stepsAbout(history, about.person(person), ofPerson)),
  ]
}

/**
 * What would take an act away: restrictions of its author that the author did not know (or does not admit to know) and
 * whose cuts do not reach it. What the author knew, it is judged by.
 */
export function attackersOf(history: History, step: Step): readonly RestrictionStep[] {
  return restrictionsOf(history, step.entry.device).filter(
    (restriction) =>
      restriction.index !== step.index &&
      !step.known.has(restriction.index) &&
      !reaches(history, restriction, step.entry, step.index),
  )
}

/** Whether a restriction's cuts name the entry or one that it leads to. */
function reaches(history: History, { act }: RestrictionStep, entry: RosterEntry, index: number): boolean {
  const cut = cutOf(act.cuts, { ...entry, journal: 'members' })
  const end = cut === undefined ? undefined : history.upTo.get(toHex(cut.hash))
  if (end === undefined || end.entry.device !== entry.device) return false
  return end.entry.incarnation === entry.incarnation && end.known.has(index)
}
