import type { Members, Membership as OwnMembership, RecoveryPhrase } from '../../api/contract/index.ts'
import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Random } from '../../base/random.ts'
import type { DeviceKey, Seen, SwarmGate } from '../../identity/index.ts'
import { createSwarmGate, toName } from '../../identity/index.ts'
import type { EntryRequest, RosterDevice } from '../../identity/roster/index.ts'
import type { Entry, Journal } from '../../journal/index.ts'
import type { RecordStore } from '../../store/index.ts'
import { DeviceLinks } from './device-links.ts'
import { Invites } from './invites.ts'
import { MemberActs } from './member-acts.ts'
import { machinesOf, nameOf, presentMembers, presentMembership } from './present-members.ts'
import { makeRecovery } from './recovery.ts'
import type { RosterState } from './roster-state.ts'
import type { DoorRefusal } from './swarm-door.ts'
import { SwarmDoor } from './swarm-door.ts'

export interface MembershipOptions {
  readonly space: SpaceId
  readonly key: DeviceKey
  readonly roster: RosterState
  readonly journal: Journal
  readonly store: RecordStore
  /** What a machine that is no member yet asks to come in with. */
  readonly request: EntryRequest | undefined
  /** The swarm's name until the roster has it. */
  readonly firstName: string
  readonly names: () => { readonly person: string; readonly machine: string }
  /** Where newcomers find members, for links. */
  readonly addresses: () => readonly string[]
  readonly clock: Clock
  readonly random: Random
}

export interface MembershipEvents {
  /** This machine asked to come in, and was not let in. */
  readonly 'entry:refused': { readonly reason: DoorRefusal; readonly by: DeviceId }
  /** Others see this machine in another way than before. */
  readonly 'view:changed': Record<string, never>
}

/** Who belongs to a swarm, for this machine: what is known of it, what people say about it, and who comes in. */
export class Membership {
  readonly events = new Emitter<MembershipEvents>()
  readonly acts: MemberActs
  readonly invites: Invites
  readonly links: DeviceLinks
  readonly gate: SwarmGate
  readonly #options: MembershipOptions
  readonly #roster: RosterState
  /** How those see this machine who do not let it in. */
  readonly #told = new Map<DeviceId, Seen>()
  /** Called once the journal runs: who comes to the gate earlier waits. */
  opened: () => void = () => undefined

  constructor(options: MembershipOptions) {
    this.#options = options
    const { clock, journal, key, random, request, roster, space } = options
    this.#roster = roster
    this.acts = new MemberActs({ journal, state: roster, random })
    const making = this.#making()
    this.invites = new Invites({ ...making, key, store: options.store })
    this.links = new DeviceLinks(making)
    const door = new SwarmDoor({
      space,
      self: key.device,
      state: roster,
      journal,
      acts: this.acts,
      links: this.links,
      clock,
      request,
      ready: new Promise<void>((resolve) => {
        this.opened = resolve
      }),
      onTold: (seen, by) => this.#wasTold(seen, by),
      onRefused: (reason, by) => this.events.emit('entry:refused', { reason, by }),
    })
    this.gate = createSwarmGate({ space, device: key.device, random, door })
  }

  #making() {
    const { addresses, clock, random, roster, space } = this.#options
    return { space, state: roster, acts: this.acts, clock, random, addresses, swarmName: () => this.name }
  }

  #wasTold(seen: Seen, by: DeviceId): void {
    if (seen.standing === 'active') this.#told.clear()
    else if (this.#roster.current.devices.has(by)) this.#told.set(by, seen)
    this.events.emit('view:changed', {})
  }

  /** Makes this device the swarm's first owner. @param nonce of which the space is made */
  async found(nonce: Uint8Array): Promise<void> {
    const { firstName, names } = this.#options
    const { machine, person } = names()
    const body = { name: toName(firstName), person: toName(person), machine: toName(machine), nonce }
    await this.acts.write({ kind: 'swarm.found', ...body })
  }

  /** Tells everybody the names of this machine and its person, where they are other ones. */
  async introduce(): Promise<void> {
    const own = this.#roster.self
    if (own?.state !== 'active') return
    const { machine, person } = this.#options.names()
    await this.acts.renameDevice(machine)
    if (own.role !== 'helper') await this.acts.renamePerson(person)
  }

  /** @throws NotAllowedError */
  async leave(): Promise<Entry | undefined> {
    return await this.acts.leave()
  }

  async makeRecovery(): Promise<RecoveryPhrase> {
    return await makeRecovery(this.#making())
  }

  /** This machine is no member any more: it keeps what it has, and speaks to nobody. */
  get isOver(): boolean {
    const state = this.#roster.self?.state
    return state === 'left' || state === 'removed'
  }

  get name(): string {
    return this.#roster.current.name ?? this.#options.firstName
  }

  /** What this machine is here. Where it has neighbours, what others told it before does not matter. */
  own(options: { readonly hasNeighbours: boolean }): OwnMembership {
    return presentMembership(this.#roster, options.hasNeighbours ? undefined : this.#told.values().next().value)
  }

  list(seen: {
    readonly isOnline: (device: DeviceId) => boolean
    readonly lastSeen: (device: DeviceId) => number | undefined
  }): Members {
    return presentMembers({ self: this.#options.key.device, state: this.#roster, acts: this.acts, ...seen })
  }

  /** Machines that hold and do something now. */
  machines(): readonly RosterDevice[] {
    return machinesOf(this.#roster.current)
  }

  devices(): readonly DeviceId[] {
    return this.machines().map(({ device }) => device)
  }

  standingOf(device: DeviceId): RosterDevice['state'] | 'unknown' {
    return this.#roster.current.devices.get(device)?.state ?? 'unknown'
  }

  /** Those who are gone for good. */
  gone(): readonly DeviceId[] {
    const { devices } = this.#roster.current
    return [...devices.values()].flatMap(({ device, state }) =>
      state === 'left' || state === 'removed' ? [device] : [],
    )
  }

  /** A machine's name. */
  nameOf(device: DeviceId): string {
    return this.#roster.current.devices.get(device)?.name ?? device.slice(-6)
  }

  /** The name of the person behind a machine. */
  authorOf(device: DeviceId): string {
    const found = this.#roster.current.devices.get(device)
    return found === undefined ? device.slice(-6) : nameOf(this.#roster.current, found)
  }

  /** Whether two machines are one person's. */
  isOnePerson(a: DeviceId, b: DeviceId): boolean {
    const { devices } = this.#roster.current
    const person = devices.get(a)?.person
    return person !== undefined && person === devices.get(b)?.person
  }

  /** Whether the machine is one of one's own. */
  isMine(device: DeviceId): boolean {
    return this.isOnePerson(device, this.#options.key.device)
  }
}
