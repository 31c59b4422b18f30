import { concatBytes, fromBase64url, toBase64url, utf8 } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import type { ChannelId, DeviceId, SpaceId } from '../../base/ids.ts'
import { parseChannelId } from '../../base/ids.ts'
import type { Startable } from '../../base/lifecycle.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import type { DeviceKey } from '../../identity/index.ts'
import { verifySignature } from '../../identity/index.ts'
import type { Cut } from '../../identity/roster/index.ts'
import type { SpaceAct } from '../../identity/space/index.ts'
import { encodeSpaceAct } from '../../identity/space/index.ts'
import type { Journal } from '../../journal/index.ts'
import { openJournal, spacePrefix } from '../../journal/index.ts'
import type { Messages } from '../../messaging/index.ts'
import { createMessages, MessagesProjection } from '../../messaging/index.ts'
import type { Ephemeral } from '../../network/ephemeral.ts'
import { createEphemeral } from '../../network/ephemeral.ts'
import type { PrivateNetwork } from '../../network/private/private-network.ts'
import type { PrivateNetworks } from '../../network/private/private-networks.ts'
import type { RecordStore } from '../../store/index.ts'
import { PrefixedStore, StoreError, uint32Key } from '../../store/index.ts'
import type { RosterState } from '../membership/index.ts'
import { RosterProjection } from '../membership/index.ts'
import { Typing } from '../typing.ts'
import { SpaceState } from './space-state.ts'

export interface PrivateSpaceOptions {
  readonly space: SpaceId
  readonly swarm: SpaceId
  /** Names its records in this store. */
  readonly number: number
  readonly introducers: ReadonlySet<DeviceId>
  readonly key: DeviceKey
  readonly roster: RosterState
  readonly store: RecordStore
  readonly networks: PrivateNetworks
  readonly fingerprint: string
  readonly damaged: boolean
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

const STORES = utf8('ps')

/** A direct message or a private channel: journals of its own among its people. */
export class PrivateSpace implements Startable {
  readonly space: SpaceId
  /** Its one channel. */
  readonly channel: ChannelId
  readonly state: SpaceState
  readonly journal: Journal
  readonly messages: Messages
  readonly typing: Typing
  readonly #options: PrivateSpaceOptions
  readonly #network: PrivateNetwork
  readonly #projection: RosterProjection
  readonly #ephemeral: Ephemeral
  readonly #store: RecordStore
  #disposables = new DisposableStore()

  constructor(options: PrivateSpaceOptions) {
    this.#options = options
    const { clock, key, logger, networks, number, random, roster, space, swarm } = options
    this.space = space
    this.channel = parseChannelId(toBase64url(fromBase64url(space).subarray(0, 16)))
    this.state = new SpaceState({ space, swarm, roster, introducers: options.introducers })
    this.#projection = new RosterProjection(this.state)
    this.#network = networks.open(space, (device) => this.state.isMember(device))
    this.#store = new PrefixedStore(options.store, concatBytes(STORES, uint32Key(number)))
    const projection = new MessagesProjection({
      clock,
      sameAuthor: (a, b) => a === b || (this.state.personOf(a) ?? a) === this.state.personOf(b),
    })
    this.journal = openJournal({
      space,
      key,
      store: this.#store,
      network: this.#network,
      prefix: spacePrefix(0),
      authority: this.state,
      projections: [this.#projection, projection],
      clock,
      random,
      logger: logger.child({ part: 'journal' }),
      verify: verifySignature,
      fingerprint: options.fingerprint,
      damaged: options.damaged,
      isStoreFailure: (error) => error instanceof StoreError,
    })
    this.messages = createMessages({
      journal: this.journal,
      machines: () => this.state.devices().length,
      projection,
      store: this.#store,
      clock,
      random,
      only: () => this.#onlyChannel(),
    })
    this.#ephemeral = createEphemeral({
      network: this.#network,
      key,
      verify: verifySignature,
      clock,
      topic: space,
      accepts: (device) => this.state.isMember(device),
      logger: logger.child({ part: 'ephemeral' }),
    })
    this.typing = new Typing(this.#ephemeral)
  }

  #onlyChannel(): { id: ChannelId; name: string; createdBy: DeviceId; createdAt: number } | undefined {
    const space = this.state.current
    if (space === undefined) return undefined
    return { id: this.channel, name: space.name, createdBy: space.founder, createdAt: this.state.foundedAt }
  }

  async start(): Promise<void> {
    this.#disposables = new DisposableStore()
    await this.#projection.load(this.#store)
    this.#disposables.add(
      this.#projection.events.on('roster:changed', () => {
        this.#network.refresh()
        this.messages.events.emit('channels:changed', {})
      }),
    )
    await this.journal.start()
    this.#network.refresh()
  }

  async stop(): Promise<void> {
    this.#ephemeral.dispose()
    await this.journal.stop()
    this.#network.dispose()
    this.#disposables.dispose()
  }

  /** Its machines that are connected. */
  connected(): readonly DeviceId[] {
    return this.#network.peers().map(({ device }) => device)
  }

  /** Dials one of them that is not. @throws what the network has to say of it */
  async dial(device: DeviceId): Promise<void> {
    await this.#network.dial(device)
  }

  /** The swarm's roster changed: other machines may belong now, and others of what was written may count. */
  rosterChanged(): void {
    this.#network.refresh()
    this.journal.authorityChanged()
  }

  /** Resolves once it is on this disk and applied. */
  async write(act: SpaceAct extends infer A ? (A extends SpaceAct ? Omit<A, 'id'> : never) : never): Promise<void> {
    const whole = { ...act, id: this.#options.random.bytes(16) } as SpaceAct
    await this.journal.append([{ kind: whole.kind, body: encodeSpaceAct(whole), journal: 'members' }])
  }

  /** Up to what is held here of every journal of a person's devices. */
  cutsOf(devices: readonly DeviceId[]): readonly Cut[] {
    return devices.flatMap((device) =>
      this.journal.journalsOf(device).map(({ hash, journal, sequence }) => ({
        device,
        incarnation: journal.incarnation,
        journal: journal.kind,
        sequence,
        hash,
      })),
    )
  }
}
