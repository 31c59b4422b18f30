import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import { messageOf } from '../../base/errors.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Startable } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import { Mutex } from '../../base/mutex.ts'
import type { Random } from '../../base/random.ts'
import type { DeviceKey } from '../../identity/index.ts'
import { toName } from '../../identity/index.ts'
import type { PersonId } from '../../identity/roster/index.ts'
import { channelSpace, directSpace, MAX_DIRECT_PEOPLE } from '../../identity/space/index.ts'
import type { Network } from '../../network/index.ts'
import { PrivateNetworks } from '../../network/index.ts'
import type { RecordStore } from '../../store/index.ts'
import type { RosterState } from '../membership/index.ts'
import { NotAllowedError } from '../membership/index.ts'
import { SpaceDirectory } from './directory.ts'
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
}

/** The private spaces of this machine's person: direct messages and private channels. */
export class Spaces implements Startable {
  readonly events = new Emitter<SpacesEvents>()
  readonly #options: SpacesOptions
  readonly #networks: PrivateNetworks
  readonly #directory: SpaceDirectory
  readonly #open = new Map<SpaceId, PrivateSpace>()
  /** Opening takes turns, so that a space is opened once and its number is its own. */
  readonly #turns = new Mutex()
  #lastNumber = 0
  #stopped = false

  constructor(options: SpacesOptions) {
    this.#options = options
    const { logger, network } = options
    this.#networks = new PrivateNetworks(network)
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
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#directory.stop()
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
    this.events.emit('space:opened', { space: opened })
    return opened
  }
}
