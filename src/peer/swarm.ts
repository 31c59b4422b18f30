import type { PeerStatus } from '../api/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import { DisposableStore, startAll, stopAll } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Documents } from '../documents/index.ts'
import { createDocuments, createPresence, DocumentsProjection } from '../documents/index.ts'
import type { DeviceKey, Membership } from '../identity/index.ts'
import { encodeJoin, encodeName, encodeSwarmLink, MembershipState, toName, verifySignature } from '../identity/index.ts'
import type { Draft, Journal } from '../journal/index.ts'
import { openJournal, spacePrefix } from '../journal/index.ts'
import type { Messages } from '../messaging/index.ts'
import { createMessages, MessagesProjection } from '../messaging/index.ts'
import type { Ephemeral } from '../network/ephemeral.ts'
import { createEphemeral } from '../network/ephemeral.ts'
import type { Network } from '../network/network.ts'
import type { RecordStore } from '../store/index.ts'
import { StoreError } from '../store/index.ts'
import { measureCapacity } from './capacity.ts'
import { MachineWatch } from './machine-watch.ts'
import { MembershipProjection } from './membership-projection.ts'
import { ActivityMeter } from './activity-meter.ts'
import type { Notices } from './notices.ts'
import { statusOf } from './status.ts'
import type { SwarmRecord } from './swarm-record.ts'
import { Typing } from './typing.ts'
import { VitalsExchange } from './vitals.ts'

export interface SwarmOptions {
  readonly record: SwarmRecord
  readonly key: DeviceKey
  readonly store: RecordStore
  readonly network: Network
  readonly fingerprint: string
  /** The store lost records: the journal makes whole what is left. */
  readonly damaged: boolean
  readonly dataDirectory: string
  readonly version: string
  readonly machineName: () => string
  readonly notices: Notices
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface SwarmEvents {
  readonly 'status:changed': Record<string, never>
}

/** Everything that runs for the swarm that this machine is in. */
export class Swarm implements Startable {
  readonly events = new Emitter<SwarmEvents>()
  readonly messages: Messages
  readonly documents: Documents
  readonly typing: Typing
  readonly network: Network
  readonly journal: Journal
  readonly #options: SwarmOptions
  readonly #membership: MembershipState
  readonly #membershipProjection: MembershipProjection
  readonly #ephemeral: Ephemeral
  readonly #vitals: VitalsExchange
  readonly #activity: ActivityMeter
  readonly #watch: MachineWatch
  /** Others hold entries of a format that this version can't read. */
  #unreadable = false
  readonly #lastSeen = new Map<DeviceId, number>()
  readonly #parts: readonly Startable[]
  #disposables = new DisposableStore()

  constructor(options: SwarmOptions) {
    this.#options = options
    const { clock, key, logger, network, random, record, store } = options
    const { secret, space } = record
    this.network = network
    this.#membership = new MembershipState({ space, secret })
    this.#membershipProjection = new MembershipProjection(this.#membership)
    const messagesProjection = new MessagesProjection({ clock })
    const documentsProjection = new DocumentsProjection({ space, store, logger: logger.child({ part: 'documents' }) })
    this.journal = openJournal({
      space,
      key,
      store,
      network,
      prefix: spacePrefix(0),
      authority: {
        admits: (device) => this.#membership.admits(device),
        counts: () => ({ counts: true, cutBy: [] }),
        revision: 0,
      },
      projections: [this.#membershipProjection, documentsProjection, messagesProjection],
      clock,
      random,
      logger: logger.child({ part: 'journal' }),
      verify: verifySignature,
      fingerprint: options.fingerprint,
      damaged: options.damaged,
      isStoreFailure: (error) => error instanceof StoreError,
    })
    this.#ephemeral = createEphemeral({
      network,
      key,
      verify: verifySignature,
      clock,
      topic: record.space,
      logger: logger.child({ part: 'ephemeral' }),
    })
    const journal = this.journal
    this.messages = createMessages({
      journal,
      machines: () => this.membership.devices.size,
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
    this.typing = new Typing(this.#ephemeral)
    this.#vitals = new VitalsExchange({
      network,
      ephemeral: this.#ephemeral,
      clock,
      logger: logger.child({ part: 'vitals' }),
      measure: () => measureCapacity(options.dataDirectory),
      onChange: () => this.#vitalsChanged(),
    })
    this.#parts = [network, this.journal, this.#vitals, this.documents]
  }

  async start(): Promise<void> {
    this.#disposables = new DisposableStore()
    await this.#membershipProjection.load(this.#options.store)
    this.#listen()
    await startAll(this.#parts)
  }

  #listen(): void {
    const { notices } = this.#options
    const changed = (): void => this.#changed()
    const { journal, network } = this
    this.#disposables.add(network.events.on('peer:connected', ({ device }) => this.#seen(device)))
    this.#disposables.add(network.events.on('peer:disconnected', ({ device }) => this.#seen(device)))
    this.#disposables.add(network.events.on('addresses:changed', changed))
    this.#disposables.add(this.#membershipProjection.events.on('membership:changed', changed))
    this.#disposables.add(journal.events.on('replicas:changed', changed))
    this.#disposables.add(
      journal.events.on('entries:applied', ({ count }) => {
        this.#activity.add(count)
        changed()
      }),
    )
    this.#disposables.add(
      journal.events.on('incarnation:changed', ({ reason }) => {
        notices.add({
          code: 'incarnation',
          level: 'info',
          text: `This machine goes on under a new mark, since ${reason}. Nothing is lost.`,
        })
      }),
    )
    this.#disposables.add(
      journal.events.on('journal:forked', ({ journal: { device } }) => {
        notices.add({
          code: 'fork',
          level: 'warning',
          text: `${this.nameOf(device)} wrote two versions of its history, as a copied or restored data folder does. Both are kept.`,
        })
      }),
    )
    this.#disposables.add(
      journal.events.on('version:newer', () => {
        if (this.#unreadable) return
        this.#unreadable = true
        notices.add({
          code: 'version',
          level: 'warning',
          text: 'Another machine runs a newer Murmuration, and some of what it wrote cannot be read here: update this one.',
        })
      }),
    )
  }

  #vitalsChanged(): void {
    const { clock, dataDirectory, key } = this.#options
    this.#watch.look({
      self: key.device,
      vitals: this.#vitals.heard,
      nameOf: (device) => this.nameOf(device),
      dataDirectory,
      now: clock.now(),
    })
    this.#changed()
  }

  #seen(device: DeviceId): void {
    this.#lastSeen.set(device, this.#options.clock.now())
    this.#changed()
  }

  #changed(): void {
    this.events.emit('status:changed', {})
  }

  async stop(): Promise<void> {
    this.#ephemeral.dispose()
    await stopAll(this.#parts)
    this.#disposables.dispose()
  }

  /** Writes that this device belongs, once; the founder also names the swarm. */
  async introduce(options: { readonly founds: boolean }): Promise<void> {
    const { key, machineName, random, record } = this.#options
    if (this.#membership.admits(key.publicKey)) {
      // the name may have been changed while no swarm ran
      const known = this.membership.devices.get(key.device)?.name
      if (known !== toName(machineName())) await this.rename(machineName())
      return
    }
    const { secret, space } = record
    const join = encodeJoin({
      id: random.bytes(16),
      name: toName(machineName()),
      publicKey: key.publicKey,
      secret,
      space,
    })
    const drafts: Draft[] = [{ kind: 'device.join', body: join, journal: 'members' }]
    if (options.founds) {
      const body = encodeName({ id: random.bytes(16), name: toName(record.name) })
      drafts.push({ kind: 'swarm.create', body, journal: 'members' })
    }
    await this.journal.append(drafts)
  }

  /** Tells everybody this machine's new name. */
  async rename(name: string): Promise<void> {
    const body = encodeName({ id: this.#options.random.bytes(16), name: toName(name) })
    await this.journal.append([{ kind: 'device.rename', body, journal: 'members' }])
  }

  get name(): string {
    return this.membership.name ?? this.#options.record.name
  }

  get membership(): Membership {
    return this.#membership.current
  }

  nameOf(device: DeviceId): string {
    return this.membership.devices.get(device)?.name ?? device.slice(-6)
  }

  devices(): readonly DeviceId[] {
    return [...this.membership.devices.keys()]
  }

  invite(): string {
    const { secret, space } = this.#options.record
    return encodeSwarmLink({ space, secret, name: this.name, addresses: this.network.addresses() })
  }

  status(): PeerStatus {
    const { clock, dataDirectory, key, machineName, notices, record, version } = this.#options
    return statusOf({
      self: key.device,
      machineName: machineName(),
      version,
      dataDirectory,
      swarm: { swarmId: record.space, name: this.name },
      addresses: this.network.addresses(),
      members: [...this.membership.devices.values()],
      connected: this.network.peers(),
      vitals: this.#vitals.heard,
      lastSeen: this.#lastSeen,
      replicas: this.journal.replicas(),
      unreadable: this.#unreadable,
      messagesPerMinute: this.#activity.perMinute,
      notices: notices.all,
      now: clock.now(),
    })
  }
}
