import { compareBytes } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { ActKind, ActOf, Admission, PersonId } from './acts.ts'
import type { History, Step } from './history.ts'
import type { IndexSet } from './index-set.ts'
import type { Role } from './roles.ts'
import { isWithin, RIGHTS } from './roles.ts'
import { about } from './subjects.ts'

export type Standing = 'open' | 'stands' | 'void'

/** Who said something: the higher one wins a conflict. */
export interface Rank {
  /** Level of the author's role. */
  readonly level: number
  /** Admissions between the founder and the author's device. */
  readonly depth: number
  /** Of the entry, 32 bytes. */
  readonly hash: Uint8Array
}

/** Negative where `a` is the higher. */
export function compareRanks(a: Rank, b: Rank): number {
  return b.level - a.level || a.depth - b.depth || compareBytes(a.hash, b.hash)
}

/** What is settled so far. */
export interface Settlement {
  readonly history: History
  readonly standing: readonly Standing[]
  /** Of the acts whose author had the right to them. */
  readonly ranks: readonly (Rank | undefined)[]
}

export type DeviceState = 'active' | 'suspended' | 'removed' | 'left'

type AdmissionStep = Step<Admission['kind']>

/**
 * The membership as somebody knew it, or as it is now: made of the acts that stand. Whoever asks for what hangs on an act
 * that is not settled yet gets an answer without it, and finds it in `waits`.
 */
export class View {
  readonly waits = new Set<number>()
  readonly #settlement: Settlement
  readonly #known: IndexSet | undefined
  readonly #bearers = new Map<string, readonly Step<'person.admit'>[]>()

  /** @param known what is looked at; everything where it is left out */
  constructor(settlement: Settlement, known?: IndexSet) {
    this.#settlement = settlement
    this.#known = known
  }

  /** The acts of some kinds about a subject that stand. */
  acts<K extends ActKind>(subject: string, ...kinds: readonly K[]): readonly Step<K>[] {
    const { history, standing } = this.#settlement
    return (history.about.get(subject) ?? []).filter((step): step is Step<K> => {
      if (!kinds.some((kind) => kind === step.act.kind) || this.#known?.has(step.index) === false) return false
      if (standing[step.index] === 'open') this.waits.add(step.index)
      return standing[step.index] === 'stands'
    })
  }

  rankOf(step: Step): Rank {
    return this.#settlement.ranks[step.index] ?? { level: -1, depth: Infinity, hash: step.entry.hash }
  }

  highest<S extends Step>(steps: readonly S[]): S | undefined {
    return [...steps].sort((a, b) => compareRanks(this.rankOf(a), this.rankOf(b)))[0]
  }

  /** Of several words on one thing: the last; of those said without knowing of each other, the highest. */
  last<S extends Step>(steps: readonly S[]): S | undefined {
    const ends: S[] = []
    for (const step of [...steps].reverse()) if (!ends.some(({ known }) => known.has(step.index))) ends.push(step)
    return this.highest(ends)
  }

  /** The admission that counts: those of one device are one. */
  admission(device: DeviceId): AdmissionStep | undefined {
    return this.highest(this.acts(about.device(device), 'swarm.found', 'person.admit', 'device.link'))
  }

  /** The admission that made the person. */
  arrival(person: PersonId): Step<'swarm.found' | 'person.admit'> | undefined {
    return this.highest(this.acts(about.person(person), 'swarm.found', 'person.admit'))
  }

  personOf(device: DeviceId): PersonId | undefined {
    const admission = this.admission(device)
    return admission?.act.kind === 'device.link' ? admission.act.person : admission && device
  }

  /** `undefined` for nobody's id and for people who were removed. */
  roleOf(person: PersonId): Role | undefined {
    return this.isRemoved(person) ? undefined : this.givenRole(person)
  }

  isRemoved(person: PersonId): boolean {
    return this.acts(about.person(person), 'person.remove').length > 0
  }

  givenRole(person: PersonId): Role | undefined {
    const arrival = this.arrival(person)
    if (arrival === undefined) return undefined
    const word = this.last(this.acts(about.person(person), 'person.role'))
    return word?.act.role ?? (arrival.act.kind === 'swarm.found' ? 'owner' : arrival.act.role)
  }

  /** 0 for the founder's device, one more for each admission in between. */
  depthOf(device: DeviceId): number {
    const admission = this.admission(device)
    if (admission === undefined) return Infinity
    return admission.act.kind === 'swarm.found' ? 0 : this.rankOf(admission).depth + 1
  }

  stateOf(device: DeviceId): DeviceState | undefined {
    const person = this.personOf(device)
    if (person === undefined) return undefined
    if (this.isRemoved(person) || this.acts(about.device(device), 'device.remove').length > 0) return 'removed'
    if (this.acts(about.device(device), 'device.leave').length > 0) return 'left'
    return this.isSuspended(person) ? 'suspended' : 'active'
  }

  /** A person whose invite had no use left, or was taken back without the admitter's knowledge, until confirmed. */
  isSuspended(person: PersonId): boolean {
    const arrival = this.arrival(person)
    if (arrival === undefined || arrival.act.kind !== 'person.admit') return false
    if (this.acts(about.device(person), 'device.confirm').length > 0) return false
    if (this.turnOf(arrival as Step<'person.admit'>) >= arrival.act.uses) return true
    return this.withdrawals(arrival as Step<'person.admit'>).some(
      ({ index, known }) => !arrival.known.has(index) && !known.has(arrival.index),
    )
  }

  /** How many admissions on the same invite go before one that stands. */
  turnOf({ act, index }: Step<'person.admit'>): number {
    if (!this.mayBeUsedUp(act)) return 0
    return this.bearers(act.invite, act.inviter).findIndex((bearer) => bearer.index === index)
  }

  /** Nearly always no, which spares counting who is in by the invite. */
  mayBeUsedUp({ invite, inviter, uses }: ActOf<'person.admit'>): boolean {
    return (this.#settlement.history.about.get(about.invite(invite, inviter)) ?? []).length > uses
  }

  /** The admissions on an invite that made somebody, the highest first. */
  bearers(invite: Uint8Array, inviter: DeviceId): readonly Step<'person.admit'>[] {
    const subject = about.invite(invite, inviter)
    const known = this.#bearers.get(subject)
    if (known !== undefined) return known
    const bearers = this.acts(subject, 'person.admit')
      .filter(({ act, index }) => this.arrival(act.device)?.index === index)
      .sort((a, b) => compareRanks(this.rankOf(a), this.rankOf(b)))
    this.#bearers.set(subject, bearers)
    return bearers
  }

  /** What ended an invite: being revoked, and whatever took its inviter's right to it. */
  withdrawals({ act }: Pick<Step<'person.admit'>, 'act'>): readonly Step[] {
    const person = this.personOf(act.inviter)
    const words = person === undefined ? [] : this.acts(about.person(person), 'person.remove', 'person.role')
    return [
      ...this.acts(about.invite(act.invite, act.inviter), 'invite.revoke'),
      ...this.acts(about.device(act.inviter), 'device.remove', 'device.leave'),
      ...words.filter((word) => word.act.kind === 'person.remove' || !isWithin(act.role, RIGHTS[word.act.role].invite)),
    ]
  }

  /** Whether a person is an owner with a device at hand, other than `without`. */
  isOwner(person: PersonId, without?: DeviceId): boolean {
    if (this.roleOf(person) !== 'owner') return false
    return this.acts(about.devices(person), 'swarm.found', 'person.admit', 'device.link').some(({ act, entry }) => {
      const device = act.kind === 'swarm.found' ? entry.device : act.device
      return device !== without && this.stateOf(device) === 'active' && this.personOf(device) === person
    })
  }

  /** Everybody who was made an owner at some time. */
  owners(): readonly PersonId[] {
    return [
      ...new Set(
        this.acts(about.owners, 'swarm.found', 'person.admit', 'person.role').map(({ act, entry }) =>
          act.kind === 'swarm.found' ? entry.device : act.kind === 'person.admit' ? act.device : act.person,
        ),
      ),
    ]
  }
}
