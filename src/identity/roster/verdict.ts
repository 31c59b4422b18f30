import { compareBytes, toHex } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Arrivals } from './arrivals.ts'
import type { Place } from './cuts.ts'
import { cutOf, isWithinCuts } from './cuts.ts'
import type { Step } from './history.ts'
import type { Role } from './roles.ts'
import { RIGHTS } from './roles.ts'
import { about } from './subjects.ts'
import type { Settlement, View } from './view.ts'

/** Whether an entry counts. */
export interface Verdict {
  readonly counts: boolean
  /**
   * Hashes of the entries whose cuts take it away. Where there are some, an entry in a `data` journal counts after all if
   * somebody built on it without knowing of them; that is for the journal to find. Membership is cut strictly.
   */
  readonly cutBy: readonly Uint8Array[]
  /** The last sequence up to which later entries on the same way are judged alike; absent: all of them are. */
  readonly until?: number
}

const NOTHING: Verdict = { counts: false, cutBy: [] }

/** What limits the entries of one device. */
interface Limits {
  readonly ends: readonly Step<'person.remove' | 'device.remove' | 'device.leave'>[]
  readonly firstRole: Role
  /** The one that holds now is the last. */
  readonly roles: readonly Step<'person.role'>[]
}

/** Judges entries of any journal by the membership as it is now. */
export function createVerdicts(settlement: Settlement, view: View, arrivals: Arrivals): (place: Place) => Verdict {
  const { history, standing } = settlement
  const limits = new Map<DeviceId, Limits | undefined>()
  return (place) => {
    if (place.journal === 'members') {
      // What is not there waits for what it comes after.
      const says = history.upTo.get(toHex(place.hash))?.says ?? 'nothing'
      if (says === 'nothing') return NOTHING
      if (says !== 'other') return standing[says.index] === 'stands' ? { counts: true, cutBy: [] } : NOTHING
    }
    if (!limits.has(place.device)) limits.set(place.device, limitsOf(view, place.device))
    const found = limits.get(place.device)
    return found === undefined ? { counts: false, cutBy: arrivals.takenBy(place.device) } : judgePlace(found, place)
  }
}

function limitsOf(view: View, device: DeviceId): Limits | undefined {
  const person = view.personOf(device)
  const arrival = person === undefined ? undefined : view.arrival(person)
  if (person === undefined || arrival === undefined) return undefined
  const words = view.acts(about.person(person), 'person.role')
  const last = view.last(words)
  return {
    ends: [
      ...view.acts(about.person(person), 'person.remove'),
      ...view.acts(about.device(device), 'device.remove', 'device.leave'),
    ],
    firstRole: arrival.act.kind === 'swarm.found' ? 'owner' : arrival.act.role,
    roles: last === undefined ? [] : [...words.filter((word) => word !== last), last],
  }
}

function judgePlace(limits: Limits, place: Place): Verdict {
  const { ends, firstRole, roles } = limits
  const until = nextCut(limits, place)
  const cutBy = ends.filter(({ act }) => !isWithinCuts(act.cuts, place)).map(({ entry }) => entry.hash)
  if (place.journal === 'data') {
    // The role that the author had there: of the last change whose cuts do not reach so far.
    const change = roles.findLast(({ act }) => !isWithinCuts(act.cuts, place))
    if (!RIGHTS[change?.act.role ?? firstRole].write) {
      if (change === undefined) return { counts: false, cutBy: [], ...until }
      cutBy.push(change.entry.hash)
    }
  }
  return { counts: cutBy.length === 0, cutBy: cutBy.sort(compareBytes), ...until }
}

function nextCut({ ends, roles }: Limits, place: Place): Pick<Verdict, 'until'> {
  let until = Infinity
  for (const { act } of [...ends, ...roles]) {
    const cut = cutOf(act.cuts, place)
    if (cut !== undefined && cut.sequence >= place.sequence) until = Math.min(until, cut.sequence)
  }
  return until === Infinity ? {} : { until }
}
