import type { BroadcastEvents, CallName, JoinProgress, Parameters, PeerStatus, Result } from '../api/contract/index.ts'
import { utf8 } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import { Mutex } from '../base/mutex.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from '../identity/index.ts'
import { readRecoveryPhrase, recoveryKey, toName } from '../identity/index.ts'
import type { EntryRequest } from '../identity/roster/index.ts'
import { decodeLink, foundedSpace, requestJoin, requestLink } from '../identity/roster/index.ts'
import type { Gate, Network } from '../network/network.ts'
import type { RecordStore } from '../store/index.ts'
import { MemoryStore } from '../store/index.ts'
import { measureCapacity } from './capacity.ts'
import type { DataFolder } from './data-folder.ts'
import { DocumentSessions } from './document-sessions.ts'
import { documentHandlers } from './document-handlers.ts'
import { AlreadyInSwarmError, NoSwarmError, StillMemberError } from './errors.ts'
import type { Handlers, HandlersFor } from './handlers.ts'
import { enter, followCatchUp } from './joining.ts'
import type { LogFile } from './log-file.ts'
import { memberHandlers } from './member-handlers.ts'
import { messageHandlers } from './message-handlers.ts'
import type { Notices } from './notices.ts'
import type { ApiConnection, Peer } from './service.ts'
import type { SettingsFile, StoredSettings } from './settings.ts'
import { statusWithoutSwarm } from './status.ts'
import { Swarm } from './swarm.ts'
import type { SwarmRecord } from './swarm-record.ts'
import { tellEvents } from './swarm-events.ts'
import { eraseSwarm, loadSwarm, saveSwarm } from './swarm-record.ts'
import { recoverInto } from './recovering.ts'

/** The status is told at most this often. */
const STATUS_PERIOD_MS = 250

export interface RunningPeerOptions {
  readonly folder: DataFolder
  readonly settings: SettingsFile
  readonly log: LogFile
  readonly store: RecordStore
  /** It lost records: the journal makes whole what is left. */
  readonly storeWasRepaired: boolean
  readonly clock: Clock
  readonly random: Random
  readonly notices: (onChange: () => void) => Notices
  readonly version: string
  /** Of the settings, for this run. */
  readonly overrides: Partial<Pick<StoredSettings, 'mdns' | 'relay'>> & {
    readonly listen?: readonly string[]
    readonly announce?: readonly string[]
  }
}

/** A peer on an open data folder, in a swarm or not yet. */
export class RunningPeer implements Peer {
  readonly events = new Emitter<BroadcastEvents>()
  readonly #options: RunningPeerOptions
  readonly #notices: Notices
  readonly #handlers: Handlers
  readonly #sessions: DocumentSessions
  readonly #stopRequest = new AbortController()
  /** Making, joining and stopping take turns. */
  readonly #turns = new Mutex()
  #key: DeviceKey
  #swarm: Swarm | undefined
  /** What listens to the swarm that runs. */
  #listening = new DisposableStore()
  #statusTimer: Disposable | undefined
  #stopped = false

  constructor(options: RunningPeerOptions) {
    this.#options = options
    this.#key = options.folder.key
    this.#notices = options.notices(() => this.#statusChanged())
    this.#sessions = new DocumentSessions()
    const swarm = (): Swarm => this.#requireSwarm()
    this.#handlers = {
      ...this.#ownHandlers(),
      ...memberHandlers(swarm),
      ...messageHandlers(swarm),
      ...documentHandlers(swarm, this.#sessions),
    }
  }

  get stopRequested(): AbortSignal {
    return this.#stopRequest.signal
  }

  /** Opens the swarm that the folder belongs to, if any. */
  async open(): Promise<void> {
    const { folder, store, storeWasRepaired } = this.#options
    const found = await loadSwarm(store, folder.swarm)
    if (found === undefined) return
    const { record, storeWasLost } = found
    if (storeWasLost) this.#notices.add({ code: 'store-lost', level: 'warning', text: STORE_LOST })
    this.#swarm = await this.#run(await this.#swarmOf(record, { damaged: storeWasRepaired || storeWasLost }))
    await this.#swarm.membership.introduce()
  }

  async call<Name extends CallName>(
    name: Name,
    parameters: Parameters<Name>,
    connection: ApiConnection,
    signal: AbortSignal,
  ): Promise<Result<Name>> {
    return await this.#handlers[name](parameters, connection, signal)
  }

  async stop(): Promise<void> {
    await this.#turns.run(async () => {
      if (this.#stopped) return
      this.#stopped = true
      this.#listening.dispose()
      this.#statusTimer?.dispose()
      await this.#swarm?.stop()
      await this.#options.store.stop()
      this.#options.log.close()
    })
  }

  #requireSwarm(): Swarm {
    if (this.#swarm === undefined) throw new NoSwarmError()
    return this.#swarm
  }

  #ownHandlers(): HandlersFor<'peer' | 'swarm' | 'settings'> {
    const { log } = this.#options
    return {
      'peer.status': async () => this.#status(),
      'peer.stop': async () => {
        this.#stopRequest.abort()
        return undefined
      },
      'peer.wake': async () => {
        this.#swarm?.network.wake()
        return undefined
      },
      'peer.connect': async ({ address }, _connection, signal) => {
        await this.#requireSwarm().network.connect([address], { signal })
        return undefined
      },
      'peer.log': async ({ lines }) => ({ file: log.file, lines: await log.tail(lines) }),
      'swarm.create': async ({ machineName, name, personName }) =>
        await this.#turns.run(async () => {
          await this.#prepare({ machineName, personName })
          return await this.#create(name)
        }),
      'swarm.join': async ({ invite, machineName, personName }, _connection, signal) =>
        await this.#turns.run(async () => {
          await this.#prepare({ machineName, personName })
          return await this.#join(invite, signal)
        }),
      'swarm.recover': async ({ invite, machineName, phrase }, _connection, signal) =>
        await this.#turns.run(async () => {
          await this.#prepare({ machineName })
          return await this.#recover(phrase, invite, signal)
        }),
      'swarm.rename': async ({ name }) => {
        await this.#requireSwarm().membership.acts.renameSwarm(name)
        return undefined
      },
      'swarm.leave': async () => await this.#turns.run(async () => ({ told: await this.#requireSwarm().leave() })),
      'swarm.forget': async () => await this.#turns.run(async () => await this.#forget()),
      'settings.get': async () => this.#settings(),
      'settings.set': async ({ announce, listen, machineName, mdns, personName, relay }) => {
        await this.#options.settings.change({
          ...(listen === undefined ? {} : { listen }),
          ...(announce === undefined ? {} : { announce }),
          ...(machineName === undefined ? {} : { machineName: toName(machineName) }),
          ...(personName === undefined ? {} : { personName: toName(personName) }),
          ...(mdns === undefined ? {} : { mdns }),
          ...(relay === undefined ? {} : { relay }),
        })
        await this.#swarm?.membership.introduce()
        this.#statusChanged()
        return this.#settings()
      },
    }
  }

  #settings(): Result<'settings.get'> {
    return { ...this.#options.settings.current, dataDirectory: this.#options.folder.path }
  }

  #status(): PeerStatus {
    if (this.#swarm !== undefined) return this.#swarm.status()
    const { folder, settings, version } = this.#options
    return statusWithoutSwarm({
      self: this.#key.device,
      machineName: settings.current.machineName,
      version,
      dataDirectory: folder.path,
      notices: this.#notices.all,
    })
  }

  /** Told a moment after the change, so that many changes are told at once. */
  #statusChanged(): void {
    if (this.#statusTimer !== undefined || this.#stopped) return
    this.#statusTimer = this.#options.clock.after(STATUS_PERIOD_MS, () => {
      this.#statusTimer = undefined
      if (!this.#stopped) this.events.emit('status:changed', this.#status())
    })
  }

  async #create(name: string): Promise<Result<'swarm.create'>> {
    const { folder, random, store } = this.#options
    const nonce = random.bytes(32)
    const record: SwarmRecord = { space: foundedSpace(this.#key.device, nonce), name: toName(name) }
    const swarm = await this.#run(await this.#swarmOf(record))
    await swarm.membership.found(nonce)
    await saveSwarm(store, folder.swarm, record)
    return this.#hasSwarm(swarm, record)
  }

  async #join(text: string, signal: AbortSignal): Promise<Result<'swarm.join'>> {
    const link = decodeLink(text)
    const { machineName: machine, personName: person } = this.#options.settings.current
    const { name, seed, space } = link
    const bearer = { space, seed, key: this.#key, machine: toName(machine) }
    const request: EntryRequest =
      link.type === 'invite'
        ? { type: 'join', join: requestJoin({ ...bearer, grant: link.grant, person: toName(person) }) }
        : { type: 'link', link: requestLink({ ...bearer, person: link.person }) }
    return await this.#enter({ space, name }, { request, addresses: link.addresses, signal })
  }

  /** The phrase's own key lets this machine in, as one more of its person. */
  async #recover(phrase: string, text: string, signal: AbortSignal): Promise<Result<'swarm.recover'>> {
    const { addresses, name, space } = decodeLink(text)
    const { clock, settings } = this.#options
    const record = { space, name }
    const passing = new MemoryStore()
    await passing.start()
    await recoverInto({
      swarm: await this.#swarmOf(record, { key: recoveryKey(readRecoveryPhrase(phrase)), store: passing }),
      space,
      newKey: this.#key,
      machine: toName(settings.current.machineName),
      joining: { addresses, mdns: this.#speaksMdns, clock, tell: (progress) => this.#tellJoining(progress) },
      signal,
    })
    return await this.#enter(record, { addresses, signal })
  }

  async #enter(
    record: SwarmRecord,
    how: { readonly request?: EntryRequest; readonly addresses: readonly string[]; readonly signal: AbortSignal },
  ): Promise<Result<'swarm.join'>> {
    const { clock, folder, store } = this.#options
    const swarm = await this.#swarmOf(record, how.request === undefined ? {} : { request: how.request })
    const tell = (progress: JoinProgress): void => this.#tellJoining(progress)
    try {
      await this.#run(swarm)
      await enter({ swarm, addresses: how.addresses, mdns: this.#speaksMdns, clock, tell }, how.signal)
      await saveSwarm(store, folder.swarm, record)
    } catch (error) {
      this.#listening.dispose()
      await swarm.stop()
      await eraseSwarm(store, folder.swarm)
      throw error
    }
    this.#listening.add(followCatchUp({ swarm, clock, tell }))
    return this.#hasSwarm(swarm, record)
  }

  #tellJoining(progress: JoinProgress): void {
    this.events.emit('join:progressed', progress)
  }

  #hasSwarm(swarm: Swarm, { space }: SwarmRecord): Result<'swarm.join'> {
    this.#swarm = swarm
    this.#statusChanged()
    return { swarmId: space, name: swarm.name }
  }

  /** A machine that is no member any more becomes a new one, with a key of its own. */
  async #forget(): Promise<undefined> {
    const { folder, random, store } = this.#options
    const swarm = this.#requireSwarm()
    if (!swarm.membership.isOver && swarm.status().swarm?.standing !== 'removed') throw new StillMemberError(swarm.name)
    this.#swarm = undefined
    this.#listening.dispose()
    await swarm.stop()
    await eraseSwarm(store, folder.swarm)
    this.#key = await folder.renewKey(random)
    this.#statusChanged()
    return undefined
  }

  async #prepare(names: {
    readonly machineName?: string | undefined
    readonly personName?: string | undefined
  }): Promise<void> {
    if (this.#swarm !== undefined) throw new AlreadyInSwarmError(this.#swarm.name)
    const { machineName, personName } = names
    await this.#options.settings.change({
      ...(machineName === undefined ? {} : { machineName: toName(machineName) }),
      ...(personName === undefined ? {} : { personName: toName(personName) }),
    })
  }

  get #speaksMdns(): boolean {
    const { overrides, settings } = this.#options
    return overrides.mdns ?? settings.current.mdns
  }

  /** libp2p is loaded here and not before: a peer without a swarm starts at once. */
  async #swarmOf(
    record: SwarmRecord,
    how: {
      readonly damaged?: boolean
      readonly request?: EntryRequest
      readonly key?: DeviceKey
      readonly store?: RecordStore
    } = {},
  ): Promise<Swarm> {
    const { createLibp2pNetwork } = await import('../network/index.ts')
    const { clock, folder, log, overrides, random, settings, version } = this.#options
    const { damaged = false, key = this.#key, request, store = this.#options.store } = how
    const network = (gate: Gate): Network =>
      createLibp2pNetwork({
        key,
        listen: overrides.listen ?? settings.current.listen,
        announce: overrides.announce ?? settings.current.announce,
        mdns: this.#speaksMdns,
        relay: overrides.relay ?? settings.current.relay,
        probing: true,
        // Routers are asked by multicast, too: who wants no word on the LAN wants neither.
        portMapping: this.#speaksMdns,
        swarmTag: record.space,
        gate,
        addressBook: { store, prefix: utf8('na') },
        clock,
        random,
        logger: log.logger.child({ part: 'network' }),
      })
    return new Swarm({
      record,
      key,
      store,
      network,
      request,
      fingerprint: folder.fingerprint,
      damaged,
      dataDirectory: folder.path,
      capacity: () => measureCapacity(folder.path),
      version,
      names: () => ({ person: settings.current.personName, machine: settings.current.machineName }),
      notices: this.#notices,
      clock,
      random,
      logger: log.logger,
    })
  }

  async #run(swarm: Swarm): Promise<Swarm> {
    await swarm.start()
    const { events } = this
    const { clock, log } = this.#options
    const listening = new DisposableStore()
    listening.add(swarm.events.on('status:changed', () => this.#statusChanged()))
    listening.add(tellEvents({ swarm, events, sessions: this.#sessions, clock, logger: log.logger }))
    this.#listening = listening
    return swarm
  }
}

const STORE_LOST = 'The records of this machine were lost. They come back from the others, as far as those have them.'
