import { compareBytes } from '../../base/bytes.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Cut, PersonId, Place, RosterEntry, Verdict } from '../roster/index.ts'
import { isWithinCuts, MAX_SEQUENCE } from '../roster/index.ts'
import type { SpaceAct } from './space-acts.ts'
import { decodeSpaceAct } from './space-acts.ts'
import { channelSpace, directSpace, MAX_DIRECT_PEOPLE } from './space-id.ts'

export interface PrivateSpace {
  readonly type: 'direct' | 'channel'
  /** Of a channel; empty for a direct space. */
  readonly name: string
  readonly founder: PersonId
  /** Who belongs now. */
  readonly people: ReadonlySet<PersonId>
  /** Who belongs or belonged. */
  readonly everybody: ReadonlySet<PersonId>
  /** Who left by themselves. */
  readonly left: ReadonlySet<PersonId>
  /** Whether an entry of a `data` journal counts, as far as this space says. */
  readonly counts: (place: Place) => Verdict
}

interface Step {
  readonly entry: RosterEntry
  readonly act: SpaceAct
  readonly author: PersonId
}

/** The last word on a person. */
type Word =
  | { readonly isIn: true }
  | { readonly isIn: false; readonly left: boolean; readonly cuts: readonly Cut[]; readonly hash: Uint8Array }

const COUNTS: Verdict = { counts: true, cutBy: [] }
const NOTHING: Verdict = { counts: false, cutBy: [] }

/**
 * Who belongs to a private space, by the entries of its `members` journals: the same for any order and repetition.
 * `undefined` until its founding is here.
 */
export function resolveSpace(
  entries: Iterable<RosterEntry>,
  options: {
    readonly space: SpaceId
    readonly swarm: SpaceId
    /** Whose a device is, by the swarm's roster. */
    readonly personOf: (device: DeviceId) => PersonId | undefined
  },
): PrivateSpace | undefined {
  const { personOf } = options
  const steps = inOrder(entries, personOf)
  const founding = steps.find((step) => isFounding(step, options))
  if (founding?.act.kind !== 'space.found') return undefined
  const { channel, people } = founding.act
  const state = new State(people, founding.author)
  if (channel !== undefined) {
    // The founder can't be removed, so its removals hold whatever else there is: two rounds settle all.
    const removals = steps.filter(({ act, author }) => act.kind === 'space.remove' && author === founding.author)
    state.name = channel.name
    for (const step of steps) if (step !== founding && !isCutOff(step, removals, personOf)) state.take(step)
  }
  return {
    type: channel === undefined ? 'direct' : 'channel',
    name: state.name,
    founder: founding.author,
    people: new Set([...state.words].flatMap(([person, { isIn }]) => (isIn ? [person] : []))),
    everybody: new Set(state.words.keys()),
    left: new Set([...state.words].flatMap(([person, word]) => (!word.isIn && word.left ? [person] : []))),
    counts: (place) => {
      const person = personOf(place.device)
      const word = person === undefined ? undefined : state.words.get(person)
      if (word === undefined) return NOTHING
      if (word.isIn || isWithinCuts(word.cuts, place)) return COUNTS
      return { counts: false, cutBy: [word.hash] }
    },
  }
}

/** What the acts so far come to. */
class State {
  name = ''
  readonly words = new Map<PersonId, Word>()
  readonly #founder: PersonId

  constructor(people: readonly PersonId[], founder: PersonId) {
    this.#founder = founder
    for (const person of people) this.words.set(person, { isIn: true })
  }

  take({ act, author, entry }: Step): void {
    if (this.words.get(author)?.isIn !== true) return
    switch (act.kind) {
      case 'space.add':
        this.words.set(act.person, { isIn: true })
        return
      case 'space.rename':
        this.name = act.name
        return
      case 'space.leave':
        this.words.set(author, { isIn: false, left: true, cuts: act.cuts, hash: entry.hash })
        return
      case 'space.remove':
        if (author === this.#founder && act.person !== author && this.words.has(act.person)) {
          this.words.set(act.person, { isIn: false, left: false, cuts: act.cuts, hash: entry.hash })
        }
        return
      case 'space.found':
    }
  }
}

function isFounding(
  { act, author, entry }: Step,
  { space, swarm }: { readonly space: SpaceId; readonly swarm: SpaceId },
): boolean {
  if (act.kind !== 'space.found' || !act.people.includes(author)) return false
  if (act.channel !== undefined) return channelSpace(swarm, entry.device, act.channel.nonce) === space
  const { length } = act.people
  return length >= 2 && length <= MAX_DIRECT_PEOPLE && directSpace(swarm, act.people) === space
}

/** Whether the founder removed its author at a place before it, without the author having been added again since. */
function isCutOff(
  step: Step,
  removals: readonly Step[],
  personOf: (device: DeviceId) => PersonId | undefined,
): boolean {
  const { author, entry } = step
  const place: Place = { ...entry, journal: 'members' }
  return removals.some(
    ({ act, entry: removal }) =>
      act.kind === 'space.remove' &&
      act.person === author &&
      personOf(removal.device) !== author &&
      entry.lamport <= removal.lamport &&
      !isWithinCuts(act.cuts, place),
  )
}

function inOrder(
  entries: Iterable<RosterEntry>,
  personOf: (device: DeviceId) => PersonId | undefined,
): readonly Step[] {
  const steps: Step[] = []
  for (const entry of entries) {
    const author = personOf(entry.device)
    const act = entry.sequence > MAX_SEQUENCE ? undefined : decodeSpaceAct(entry.kind, entry.body)
    if (author !== undefined && act !== undefined) steps.push({ entry, act, author })
  }
  return steps.sort((a, b) => a.entry.lamport - b.entry.lamport || compareBytes(a.entry.hash, b.entry.hash))
}
