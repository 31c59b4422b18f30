import { compareBytes } from '../../base/bytes.ts'
import { publicKeyOf } from '../device-key.ts'
import type { PersonId } from './acts.ts'
import type { RestrictionStep } from './attacks.ts'
import type { History } from './history.ts'
import { settle } from './settle.ts'
import type { Settlement } from './view.ts'
import { View } from './view.ts'

/**
 * Settles a history so that somebody is an owner at the end. Nobody may end the last owner as far as they know; where
 * several who did not know of each other do so together, what ended the highest of the owners does not stand.
 */
export function settleWithOwner(history: History): Settlement {
  const spared = new Set<number>()
  for (;;) {
    const settlement = settle(history, spared)
    const view = new View(settlement)
    const owners = view.owners()
    if (owners.length === 0 || owners.some((person) => view.isOwner(person))) return settlement
    const ends = lastEnds(settlement, view)
    const [highest] = ends.map(({ person }) => person).sort((a, b) => comparePeople(a, b, view))
    if (highest === undefined) return settlement
    for (const { person, step } of ends) if (person === highest) spared.add(step.index)
  }
}

interface End {
  readonly person: PersonId
  readonly step: RestrictionStep
}

/** What took something from owners, and was not followed by another such act. */
function lastEnds(settlement: Settlement, view: View): readonly End[] {
  const owners = new Set(view.owners())
  const all = settlement.history.steps.flatMap((step): readonly End[] => {
    const person = settlement.standing[step.index] === 'stands' ? subjectOf(step as RestrictionStep, view) : undefined
    return person !== undefined && owners.has(person) ? [{ person, step: step as RestrictionStep }] : []
  })
  const asOwner = all.filter(({ person, step }) => new View(settlement, step.known).roleOf(person) === 'owner')
  const ends = asOwner.length > 0 ? asOwner : all
  return ends.filter(({ step }) => !ends.some((other) => other.step.known.has(step.index)))
}

/** Of whom a restriction takes something. */
function subjectOf({ act, entry }: RestrictionStep, view: View): PersonId | undefined {
  switch (act.kind) {
    case 'person.remove':
    case 'person.role':
      return act.person
    case 'device.remove':
      return view.personOf(act.device)
    case 'device.leave':
      return view.personOf(entry.device)
    default:
      return undefined
  }
}

/** Negative where `a` is nearer to the founder. */
function comparePeople(a: PersonId, b: PersonId, view: View): number {
  return view.depthOf(a) - view.depthOf(b) || compareBytes(publicKeyOf(a), publicKeyOf(b))
}
