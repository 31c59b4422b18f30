import { toHex } from '../../base/bytes.ts'
import type { PersonId, Restriction } from './acts.ts'
import { cutOf } from './cuts.ts'
import type { History, RosterEntry, Step } from './history.ts'
import { about } from './subjects.ts'

export type RestrictionStep = Step<Restriction['kind']>

const ofDevice = new Set<string>(['device.remove', 'device.leave'])
const ofPerson = new Set<string>(['person.remove', 'person.role'])

function stepsAbout(history: History, subject: string, kinds: ReadonlySet<string>): readonly RestrictionStep[] {
  return (history.about.get(subject) ?? []).filter((step): step is RestrictionStep => kinds.has(step.act.kind))
}

/**
 * What would take an act away: restrictions of its author that the author did not know (or does not admit to know) and
 * whose cuts do not reach it. What the author knew, it is judged by.
 * @param person whose device the author was: not whose anybody says it is, lest a false word takes something away
 */
export function attackersOf(history: History, step: Step, person: PersonId): readonly RestrictionStep[] {
  return [
    ...stepsAbout(history, about.device(step.entry.device), ofDevice),
    ...stepsAbout(history, about.person(person), ofPerson),
  ].filter(
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
