import { utf8 } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import { codeOf, messageOf, MurmurationError } from '../../base/errors.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Startable } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import { Mutex } from '../../base/mutex.ts'
import type { Random } from '../../base/random.ts'
import type { DeviceKey } from '../../identity/index.ts'
import { toName } from '../../identity/index.ts'
import type { PersonId } from '../../identity/roster/index.ts'
import { channelSpace, directSpace, MAX_DIRECT_PEOPLE } from '../../identity/space/index.ts'
import type { EntryReference } from '../../journal/index.ts'
import type { Mailbox } from '../../mailbox/index.ts'
import { createMailbox } from '../../mailbox/index.ts'
import type { Network } from '../../network/network.ts'
import { PrivateNetworks } from '../../network/private/private-networks.ts'
import type { RecordStore } from '../../store/index.ts'
import type { RosterState } from '../membership/index.ts'
import { machinesOf, NotAllowedError } from '../membership/index.ts'
import { SpaceDirectory } from './directory.ts'
import { Delivery, readParcel } from './delivery.ts'
import { PrivateSpace } from './private-space.ts'
import { loadSpaces, saveSpace } from './space-records.ts'

/** Private spaces that one machine keeps, and those of which only one other told and nothing is known yet. */
const MAX_SPACES = 2000
const MAX_UNFOUNDED = 64

export interface SpacesOptions {
  readonly swarm: SpaceId
  readonly key: DeviceKey
  readonly roster: RosterState
  readonly network: Network
  readonly store: RecordStore
  readonly fingerprint: string
  readonly damaged: boolean
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface SpacesEvents {
  /** A private space runs here from now on. */
  readonly 'space:opened': { readonly space: PrivateSpace }
  /** Others took, or gave back, what waits for those who are away. */
  readonly 'waiting:changed': Record<string, never>
}

/** The private spaces of this machine's person: direct messages and private channels. */
export class Spaces implements Startable {
  readonly events = new Emitter<SpacesEvents>()
  readonly #options: SpacesOptions
  readonly #networks: PrivateNetworks
  readonly #directory: SpaceDirectory
  readonly #mailbox: Mailbox
  readonly #open = new Map<SpaceId, PrivateSpace>()
  readonly #deliveries = new Map<SpaceId, Delivery>()
  /** Opening takes turns, so that a space is opened once and its number is its own. */
  readonly #turns = new Mutex()
  #lastNumber = 0
  #stopped = false

  constructor(options: SpacesOptions) {
    this.#options = options
    const { logger, network } = options
    this.#networks = new PrivateNetworks(network)
    this.#mailbox = createMailbox({
      ...options,
      prefix: utf8('mb'),
      deliver: async (from, content) => await this.#takeParcel(from, content),
      machines: () =>
        machinesOf(options.roster.current).map(({ device, role, state }) => ({
          device,
          helper: role === 'helper',
          active: state === 'active',
        })),
      mayHold: (device) => options.roster.current.devices.get(device)?.state === 'active',
    })
    this.#mailbox.events.on('waiting:changed', () => this.events.emit('waiting:changed', {}))
    this.#directory = new SpaceDirectory({
      network,
      logger,
      sharedWith: (device) => this.#sharedWith(device),
      onTold: (spaces, by) => void this.#wasTold(spaces, by),
    })
  }

  async start(): Promise<void> {
    for (const record of await loadSpaces(this.#options.store)) {
      this.#lastNumber = Math.max(this.#lastNumber, record.number)
      await this.#run(record.space, record.number, new Set(record.introducers))
    }
    await this.#directory.start()
    await this.#mailbox.start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#directory.stop()
    await this.#mailbox.stop()
    for (const delivery of this.#deliveries.values()) delivery.dispose()
    await this.#turns.run(async () => {
      for (const space of this.#open.values()) await space.stop()
      this.#networks.dispose()
    })
  }

  get all(): readonly PrivateSpace[] {
    return [...this.#open.values()]
  }

  get(space: SpaceId): PrivateSpace | undefined {
    return this.#open.get(space)
  }

  /** The conversation with these people, oneself aside; begun where there is none. @throws NotAllowedError */
  async direct(others: readonly PersonId[]): Promise<PrivateSpace> {
    const people = [...new Set([this.#ownPerson(), ...others])].sort()
    if (people.length < 2) throw new NotAllowedError('name somebody else to speak to')
    if (people.length > MAX_DIRECT_PEOPLE) {
      throw new NotAllowedError(
        `a direct message goes to ${MAX_DIRECT_PEOPLE - 1} people at most: make a private channel`,
      )
    }
    const space = await this.#opened(directSpace(this.#options.swarm, people))
    if (space.state.current === undefined) await space.write({ kind: 'space.found', people })
    this.#directory.tellAll()
    return space
  }

  /** A private channel of oneself and these people. */
  async channel(name: string, others: readonly PersonId[]): Promise<PrivateSpace> {
    const { key, random, swarm } = this.#options
    const nonce = random.bytes(32)
    const people = [...new Set([this.#ownPerson(), ...others])].sort()
    const space = await this.#opened(channelSpace(swarm, key.device, nonce))
    await space.write({ kind: 'space.found', people, channel: { name: toName(name), nonce } })
    this.#directory.tellAll()
    return space
  }

  /** The swarm's roster changed. */
  rosterChanged(): void {
    for (const space of this.#open.values()) space.rosterChanged()
    this.#directory.tellAll()
  }

  /** Opens the space for what came of it by others than its people's machines. */
  async introduce(space: SpaceId, by: DeviceId): Promise<PrivateSpace | undefined> {
    const known = this.#open.get(space)
    if (known !== undefined) return known
    if (this.#open.size >= MAX_SPACES || this.#unfounded >= MAX_UNFOUNDED) return undefined
    return await this.#opened(space, by)
  }

  /** What this machine keeps, sealed, for others. */
  held(): { readonly envelopes: number; readonly bytes: number } {
    return this.#mailbox.held()
  }

  /** Machines that keep an entry of a space for those who were not there. */
  waitingOn(space: SpaceId, reference: EntryReference): readonly DeviceId[] {
    return this.#deliveries.get(space)?.waitingOn(reference) ?? []
  }

  async #takeParcel(from: DeviceId, content: Uint8Array): Promise<void> {
    const parcel = readParcel(content)
    const isKnown = this.#options.roster.current.devices.has(from)
    const space = parcel === undefined || !isKnown ? undefined : await this.introduce(parcel.space, from)
    if (parcel === undefined || space === undefined) return
    try {
      // Rejected, it is offered again: parcels come in any order.
      if (!(await space.journal.receiveExcerpt(parcel.frame))) throw new TooEarlyError()
    } catch (error) {
      // A parcel that can't be read would come again and again.
      if (codeOf(error) !== 'ENTRY_STRUCTURE') throw error
      this.#options.logger.warn({ device: from, reason: messageOf(error) }, 'a parcel was not what it should be')
    }
  }

  get #unfounded(): number {
    return this.all.filter(({ state }) => state.current === undefined).length
  }

  #ownPerson(): PersonId {
    const own = this.#options.roster.self
    if (own?.state !== 'active') throw new NotAllowedError('this machine is no member of the swarm now')
    if (own.role === 'helper') throw new NotAllowedError('a machine without a person has no private conversations')
    return own.person
  }

  #sharedWith(device: DeviceId): readonly SpaceId[] {
    return this.all.flatMap(({ space, state }) =>
      state.current !== undefined && state.isMember(device) ? [space] : [],
    )
  }

  async #wasTold(spaces: readonly SpaceId[], by: DeviceId): Promise<void> {
    for (const space of spaces) {
      try {
        const opened = await this.introduce(space, by)
        if (opened === undefined) return
      } catch (error) {
        this.#options.logger.error({ reason: messageOf(error) }, 'a private space could not be opened')
      }
    }
  }

  async #opened(space: SpaceId, introducer?: DeviceId): Promise<PrivateSpace> {
    return await this.#turns.run(async () => {
      const known = this.#open.get(space)
      if (known !== undefined) return known
      if (this.#stopped) throw new NotAllowedError('this peer stops')
      const number = ++this.#lastNumber
      const introducers = introducer === undefined ? [] : [introducer]
      await saveSpace(this.#options.store, { space, number, introducers })
      return await this.#run(space, number, new Set(introducers))
    })
  }

  async #run(space: SpaceId, number: number, introducers: ReadonlySet<DeviceId>): Promise<PrivateSpace> {
    const { network: _network, ...shared } = this.#options
    const logger = shared.logger.child({ part: `space ${space.slice(0, 8)}` })
    const opened = new PrivateSpace({ ...shared, logger, space, number, introducers, networks: this.#networks })
    await opened.start()
    this.#open.set(space, opened)
    opened.messages.events.on('channels:changed', () => this.#directory.tellAll())
    const delivery = new Delivery({ ...shared, logger, space: opened, mailbox: this.#mailbox })
    this.#deliveries.set(space, delivery)
    await delivery.start()
    this.events.emit('space:opened', { space: opened })
    return opened
  }
}

/** A parcel came before what it goes on from. */
class TooEarlyError extends MurmurationError {
  constructor() {
    super('TOO_EARLY', 'a parcel came before what it goes on from')
  }
}
