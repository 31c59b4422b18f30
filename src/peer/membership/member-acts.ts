import type { Random } from '../../base/random.ts'
import type { DeviceId } from '../../base/ids.ts'
import { toName } from '../../identity/index.ts'
import type { Act, Cut, Role, Roster, RosterDevice, RosterPerson } from '../../identity/roster/index.ts'
import { encodeAct, isWithin, RIGHTS } from '../../identity/roster/index.ts'
import type { Draft, Entry, Journal } from '../../journal/index.ts'
import { NotAllowedError } from './errors.ts'
import { findDevice, findPerson } from './find.ts'
import type { RosterState } from './roster-state.ts'

/** An act without what is the same for all. */
export type ActDraft = Act extends infer A ? (A extends Act ? Omit<A, 'id'> : never) : never

/** What people say about each other's membership, written down where they may say it. */
export class MemberActs {
  readonly #journal: Journal
  readonly #state: RosterState
  readonly #random: Random

  constructor(options: { readonly journal: Journal; readonly state: RosterState; readonly random: Random }) {
    this.#journal = options.journal
    this.#state = options.state
    this.#random = options.random
  }

  /** Resolves once the acts are on this disk and in the roster. */
  async write(...acts: readonly ActDraft[]): Promise<readonly Entry[]> {
    const drafts = acts.map((act): Draft => {
      const whole = { ...act, id: this.#random.bytes(16) } as Act
      return { kind: whole.kind, body: encodeAct(whole), journal: 'members' }
    })
    return await this.#journal.append(drafts)
  }

  async renameSwarm(name: string): Promise<void> {
    if (!RIGHTS[this.own().role].renameSwarm) throw new NotAllowedError('only owners and admins rename the swarm')
    await this.write({ kind: 'swarm.rename', name: toName(name) })
  }

  async renamePerson(name: string): Promise<void> {
    const { person } = this.own()
    if (this.#roster.people.get(person)?.name === toName(name)) return
    await this.write({ kind: 'person.rename', person, name: toName(name) })
  }

  async renameDevice(name: string): Promise<void> {
    const { device, name: before } = this.own()
    if (before !== toName(name)) await this.write({ kind: 'device.rename', device, name: toName(name) })
  }

  async changeRole(text: string, role: Role): Promise<void> {
    const person = findPerson(this.#roster, text)
    if (person.role === role) return
    if (!this.rolesFor(person).includes(role)) {
      throw new NotAllowedError(`${person.name} is ${person.role} here, and you may not make them ${role}`)
    }
    if (person.role === 'owner') this.#requireOtherOwner(person.devices)
    await this.write({ kind: 'person.role', person: person.person, role, cuts: this.#cuts(person.devices) })
  }

  async removePerson(text: string): Promise<void> {
    const person = findPerson(this.#roster, text)
    if (!this.mayRemove(person))
      throw new NotAllowedError(`you may not remove ${person.name}, who is ${person.role} here`)
    this.#requireOtherOwner(person.devices)
    await this.write({ kind: 'person.remove', person: person.person, cuts: this.#cuts(person.devices) })
  }

  async removeDevice(text: string): Promise<void> {
    const device = findDevice(this.#roster, text)
    if (!this.mayRemoveDevice(device)) throw new NotAllowedError(`you may not remove ${device.name}`)
    this.#requireOtherOwner([device.device])
    await this.write({ kind: 'device.remove', device: device.device, cuts: this.#cuts([device.device]) })
  }

  async confirm(text: string): Promise<void> {
    const device = findDevice(this.#roster, text)
    if (device.state !== 'suspended') return
    if (!this.mayConfirm(device))
      throw new NotAllowedError('only owners and admins confirm machines that came in twice')
    await this.write({ kind: 'device.confirm', device: device.device })
  }

  /** The entry in which this machine says that it leaves. */
  async leave(): Promise<Entry | undefined> {
    const own = this.own()
    this.#requireOtherOwner([own.device])
    const [entry] = await this.write({ kind: 'device.leave', cuts: this.#cuts([own.device]) })
    return entry
  }

  /** Roles that oneself may give. */
  rolesFor(person: RosterPerson): readonly Role[] {
    const own = this.#state.self
    if (own?.state !== 'active' || person.state !== 'active' || person.role === 'helper') return []
    const { manage } = RIGHTS[own.role]
    const isOwn = person.person === own.person
    return (['owner', 'admin', 'member', 'observer'] as const).filter((role) => {
      if (role === person.role || !isWithin(role, own.role)) return false
      return isWithin(person.role, manage) || (isOwn && isWithin(role, person.role))
    })
  }

  mayRemove(person: RosterPerson): boolean {
    const own = this.#state.self
    if (own?.state !== 'active' || !isPresent(person)) return false
    return person.person !== own.person && isWithin(person.role, RIGHTS[own.role].manage)
  }

  mayRemoveDevice(device: RosterDevice): boolean {
    const own = this.#state.self
    if (own?.state !== 'active' || !isPresent(device) || device.device === own.device) return false
    return device.person === own.person || isWithin(device.role, RIGHTS[own.role].manage)
  }

  mayConfirm(device: Pick<RosterDevice, 'state' | 'role'>): boolean {
    const own = this.#state.self
    if (own?.state !== 'active' || device.state !== 'suspended') return false
    return RIGHTS[own.role].confirm && isWithin(device.role, own.role)
  }

  /** This machine as a member. @throws NotAllowedError where it is none now */
  own(): RosterDevice {
    const own = this.#state.self
    if (own?.state === 'active') return own
    throw new NotAllowedError(this.#state.mayWrite() ?? 'this machine is no member now')
  }

  get #roster(): Roster {
    return this.#state.current
  }

  /** Up to what is held here of every journal: what comes later from these devices counts nothing. */
  #cuts(devices: readonly DeviceId[]): readonly Cut[] {
    return devices.flatMap((device) =>
      this.#journal.journalsOf(device).map(({ hash, journal, sequence }): Cut => ({
        device,
        incarnation: journal.incarnation,
        journal: journal.kind,
        sequence,
        hash,
      })),
    )
  }

  #requireOtherOwner(leaving: readonly DeviceId[]): void {
    const owners = [...this.#roster.devices.values()].filter(
      ({ role, state }) => role === 'owner' && state === 'active',
    )
    const isOwner = owners.some(({ device }) => leaving.includes(device))
    if (!isOwner || owners.some(({ device }) => !leaving.includes(device))) return
    throw new NotAllowedError('this would leave the swarm without an owner: make somebody else an owner first')
  }
}

function isPresent({ state }: Pick<RosterDevice, 'state'>): boolean {
  return state === 'active' || state === 'suspended'
}
