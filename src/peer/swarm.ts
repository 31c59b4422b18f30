import type { Capacity, DoctorReport, Members, PeerStatus } from '../api/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import { DisposableStore, startAll, stopAll } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Documents } from '../documents/index.ts'
import { createDocuments, createPresence, DocumentsProjection } from '../documents/index.ts'
import type { DeviceKey } from '../identity/index.ts'
import { verifySignature } from '../identity/index.ts'
import type { EntryRequest } from '../identity/roster/index.ts'
import type { EntryReference, Journal } from '../journal/index.ts'
import { openJournal, spacePrefix } from '../journal/index.ts'
import type { Messages } from '../messaging/index.ts'
import { createMessages, MessagesProjection } from '../messaging/index.ts'
import type { Ephemeral } from '../network/ephemeral.ts'
import { createEphemeral } from '../network/ephemeral.ts'
import { NotAdmittedError } from '../network/errors.ts'
import type { Gate, Network } from '../network/network.ts'
import type { RecordStore } from '../store/index.ts'
import { StoreError } from '../store/index.ts'
import { ActivityMeter } from './activity-meter.ts'
import { Conversations } from './conversations.ts'
import { Doctor } from './doctor.ts'
import { noticeJournal } from './journal-notices.ts'
import { MachineWatch } from './machine-watch.ts'
import { findDevice, Membership, nameOf, RosterProjection, RosterState } from './membership/index.ts'
import type { Notices } from './notices.ts'
import type { Member } from './status.ts'
import { statusOf } from './status.ts'
import type { SwarmRecord } from './swarm-record.ts'
import { Spaces } from './spaces/index.ts'
import { Typing } from './typing.ts'
import { VitalsExchange } from './vitals.ts'

export interface SwarmOptions {
  readonly record: SwarmRecord
  readonly key: DeviceKey
  readonly store: RecordStore
  readonly network: (gate: Gate) => Network
  /** What a machine that is no member yet asks to come in with. */
  readonly request: EntryRequest | undefined
  readonly fingerprint: string
  /** The store lost records: the journal makes whole what is left. */
  readonly damaged: boolean
  readonly dataDirectory: string
  /** What this machine has now. */
  readonly capacity: () => Promise<Capacity>
  readonly version: string
  readonly names: () => { readonly person: string; readonly machine: string }
  readonly notices: Notices
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface SwarmEvents {
  readonly 'status:changed': Record<string, never>
  readonly 'members:changed': Record<string, never>
}

/** Time for the word of a removal to reach the one who is removed, before it is cut off. */
const PARTING_MS = 200
/** How long a leaving machine waits for another to know, and others for it to hear that they do. */
const LEAVING_MS = 5_000
/** So that there is room in a link for those of others. */
const OWN_LINK_ADDRESSES = 5

/** Everything that runs for the swarm that this machine is in. */
export class Swarm implements Startable {
  readonly events = new Emitter<SwarmEvents>()
  /** Of the open channels. */
  readonly messages: Messages
  readonly documents: Documents
  readonly spaces: Spaces
  readonly conversations: Conversations
  readonly network: Network
  readonly journal: Journal
  readonly membership: Membership
  readonly #options: SwarmOptions
  readonly #roster: RosterState
  readonly #rosterProjection: RosterProjection
  readonly #doctor: Doctor
  readonly #ephemeral: Ephemeral
  readonly #vitals: VitalsExchange
  readonly #activity: ActivityMeter
  readonly #watch: MachineWatch
  readonly #journalNotices: ReturnType<typeof noticeJournal>
  readonly #lastSeen = new Map<DeviceId, number>()
  readonly #parts: readonly Startable[]
  #disposables = new DisposableStore()

  constructor(options: SwarmOptions) {
    this.#options = options
    const { clock, key, logger, random, record, store } = options
    const { space } = record
    const roster = new RosterState({ space, self: key.device })
    this.#roster = roster
    this.#rosterProjection = new RosterProjection(roster)
    const network = options.network((stream, side, signal) => this.membership.gate(stream, side, signal))
    this.network = network
    const messagesProjection = new MessagesProjection({
      clock,
      sameAuthor: (a, b) => a === b || this.membership.isOnePerson(a, b),
    })
    const documentsProjection = new DocumentsProjection({ space, store, logger: logger.child({ part: 'documents' }) })
    const journal = openJournal({
      space,
      key,
      store,
      network,
      prefix: spacePrefix(0),
      authority: roster,
      projections: [this.#rosterProjection, documentsProjection, messagesProjection],
      clock,
      random,
      logger: logger.child({ part: 'journal' }),
      verify: verifySignature,
      fingerprint: options.fingerprint,
      damaged: options.damaged,
      isStoreFailure: (error) => error instanceof StoreError,
    })
    this.journal = journal
    this.membership = new Membership({
      space,
      key,
      roster,
      journal,
      store,
      request: options.request,
      firstName: record.name,
      names: options.names,
      addresses: () => this.#linkAddresses(),
      clock,
      random,
    })
    this.#journalNotices = noticeJournal(journal, options.notices, (device) => this.membership.nameOf(device))
    this.#ephemeral = createEphemeral({
      network,
      key,
      verify: verifySignature,
      clock,
      topic: space,
      accepts: (device) => this.membership.standingOf(device) === 'active',
      logger: logger.child({ part: 'ephemeral' }),
    })
    this.messages = createMessages({
      journal,
      machines: () => this.membership.machines().length,
      projection: messagesProjection,
      store,
      clock,
      random,
    })
    const presence = createPresence({ ephemeral: this.#ephemeral, network, clock, space })
    this.documents = createDocuments({
      journal,
      projection: documentsProjection,
      presence,
      store,
      clock,
      random,
      logger: logger.child({ part: 'documents' }),
    })
    this.#activity = new ActivityMeter(clock)
    this.#watch = new MachineWatch(options.notices)
    this.spaces = new Spaces({
      swarm: space,
      key,
      roster,
      network,
      store,
      fingerprint: options.fingerprint,
      damaged: options.damaged,
      clock,
      random,
      logger,
    })
    this.conversations = new Conversations({
      messages: this.messages,
      typing: new Typing(this.#ephemeral),
      membership: this.membership,
      roster,
      spaces: this.spaces,
      waitingOn: ({ space: id }, reference) => this.spaces.waitingOn(id, reference),
    })
    this.#vitals = new VitalsExchange({
      network,
      ephemeral: this.#ephemeral,
      clock,
      logger: logger.child({ part: 'vitals' }),
      measure: options.capacity,
      onChange: () => this.#vitalsChanged(),
    })
    this.#doctor = new Doctor({ network, names: this.membership, clock })
    this.#parts = [journal, this.#vitals, this.documents, this.#doctor, this.spaces]
  }

  async start(): Promise<void> {
    this.#disposables = new DisposableStore()
    await this.#rosterProjection.load(this.#options.store)
    this.#listen()
    if (!this.membership.isOver) await this.network.start()
    await startAll(this.#parts)
    this.membership.opened()
    this.#partFrom(['removed', 'left', 'suspended', 'unknown'])
  }

  #listen(): void {
    const changed = (): void => this.events.emit('status:changed', {})
    const { journal, membership, network } = this
    const listening = [
      network.events.on('peer:connected', ({ device }) => this.#seen(device)),
      network.events.on('peer:disconnected', ({ device }) => this.#seen(device)),
      network.events.on('addresses:changed', changed),
      membership.events.on('view:changed', changed),
      this.#rosterProjection.events.on('roster:changed', () => this.#rosterChanged()),
      journal.events.on('replicas:changed', changed),
      journal.events.on('entries:applied', ({ count }) => {
        this.#activity.add(count)
        changed()
      }),
    ]
    for (const one of listening) this.#disposables.add(one)
  }

  #rosterChanged(): void {
    this.events.emit('members:changed', {})
    this.events.emit('status:changed', {})
    this.spaces.rosterChanged()
    this.#after(PARTING_MS, () => this.#partFrom(['removed', 'suspended', 'unknown']))
    this.#after(LEAVING_MS, () => this.#partFrom(['left']))
  }

  #after(delay: number, work: () => void): void {
    const timer = this.#disposables.add(
      this.#options.clock.after(delay, () => {
        this.#disposables.release(timer)
        work()
      }),
    )
  }

  /** Ends the links to those who belong no more, or all where this machine does not. */
  #partFrom(standings: readonly ReturnType<Membership['standingOf']>[]): void {
    const { membership, network } = this
    const own = membership.standingOf(network.device)
    if (standings.includes(own) && membership.isOver) {
      void network.stop()
      return
    }
    for (const { device } of network.peers()) {
      const standing = membership.standingOf(device)
      if (!standings.includes(standing)) continue
      network.disconnect(device, new NotAdmittedError(`the machine is ${standing} here`))
    }
    for (const device of membership.gone()) network.forget(device)
  }

  #vitalsChanged(): void {
    const { clock, dataDirectory, key } = this.#options
    this.#watch.look({
      self: key.device,
      vitals: this.#vitals.heard,
      nameOf: (device) => this.membership.nameOf(device),
      dataDirectory,
      now: clock.now(),
    })
    this.events.emit('status:changed', {})
  }

  #seen(device: DeviceId): void {
    this.#lastSeen.set(device, this.#options.clock.now())
    this.events.emit('status:changed', {})
  }

  async stop(): Promise<void> {
    this.#ephemeral.dispose()
    this.#journalNotices.dispose()
    await stopAll([this.network, ...this.#parts])
    this.#disposables.dispose()
  }

  /** Says so to the others, and ends. Resolves to the number of machines that know. */
  async leave(): Promise<number> {
    const entry = await this.membership.leave()
    if (entry === undefined) return 0
    if (this.network.peers().length > 0) await this.isKeptElsewhere(entry, LEAVING_MS)
    await this.network.stop()
    return this.journal.holders(entry).length - 1
  }

  /** Whether another machine holds the entry by then. @param within milliseconds */
  async isKeptElsewhere(entry: EntryReference, within: number): Promise<boolean> {
    const isKept = (): boolean => this.journal.holders(entry).length > 1
    return await new Promise<boolean>((resolve) => {
      const conclude = (): void => {
        end.dispose()
        heard.dispose()
        resolve(isKept())
      }
      const end = this.#options.clock.after(within, conclude)
      const heard = this.journal.events.on('replicas:changed', () => {
        if (isKept()) conclude()
      })
      if (isKept()) conclude()
    })
  }

  get name(): string {
    return this.membership.name
  }

  members(): Members {
    const online = new Set(this.status().machines.flatMap((machine) => (machine.online ? [machine.deviceId] : [])))
    return this.membership.list({
      isOnline: (device) => online.has(device),
      lastSeen: (device) => this.#lastSeen.get(device),
    })
  }

  /** @param text an id or name of a machine; all others unless given */
  async doctor(text: string | undefined): Promise<DoctorReport> {
    const { key, names } = this.#options
    const others = this.membership.machines().filter((machine) => machine.device !== key.device)
    return await this.#doctor.report({
      self: key.device,
      machineName: names().machine,
      members: text === undefined ? others : [findDevice(this.#roster.current, text)],
      lastSeen: this.#lastSeen,
    })
  }

  /** Where a newcomer finds members: this machine first, then those who are here. */
  #linkAddresses(): readonly string[] {
    const others = this.network.peers().flatMap(({ device }) => this.network.addressesOf(device).slice(0, 1))
    return [...this.network.addresses().slice(0, OWN_LINK_ADDRESSES), ...others]
  }

  #presentMembers(): readonly Member[] {
    return this.membership.machines().map((machine) => ({
      device: machine.device,
      name: machine.name,
      person:
        machine.role === 'helper' ? undefined : { id: machine.person, name: nameOf(this.#roster.current, machine) },
      role: machine.role,
    }))
  }

  status(): PeerStatus {
    const { clock, dataDirectory, key, names, notices, record, version } = this.#options
    const connected = this.network.peers()
    return statusOf({
      self: key.device,
      machineName: names().machine,
      version,
      dataDirectory,
      swarm: {
        swarmId: record.space,
        name: this.name,
        ...this.membership.own({ hasNeighbours: connected.length > 0 }),
      },
      addresses: this.network.addresses(),
      members: this.#presentMembers(),
      connected,
      vitals: this.#vitals.heard,
      lastSeen: this.#lastSeen,
      replicas: this.journal.replicas(),
      unreadable: this.#journalNotices.isUnreadable,
      messagesPerMinute: this.#activity.perMinute,
      notices: notices.all,
      now: clock.now(),
    })
  }
}
