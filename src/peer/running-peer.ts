import type { BroadcastEvents, CallName, Parameters, PeerStatus, Result } from '../api/contract/index.ts'
import { toBase64url, utf8 } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { deadline } from '../base/deadline.ts'
import { Emitter } from '../base/emitter.ts'
import { codeOf, messageOf } from '../base/errors.ts'
import { parseSpaceId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import { Mutex } from '../base/mutex.ts'
import type { Random } from '../base/random.ts'
import { createSwarmGate, decodeSwarmLink, SECRET_BYTES, toName } from '../identity/index.ts'
import type { EntryReference } from '../journal/index.ts'
import type { Network } from '../network/network.ts'
import type { RecordStore } from '../store/index.ts'
import { CopiesWatch } from './copies-watch.ts'
import type { DataFolder } from './data-folder.ts'
import { DocumentSessions } from './document-sessions.ts'
import { documentHandlers } from './document-handlers.ts'
import { AlreadyInSwarmError, JoinError, NoSwarmError } from './errors.ts'
import type { Handlers, HandlersFor } from './handlers.ts'
import type { LogFile } from './log-file.ts'
import { messageHandlers, presentMessage } from './message-handlers.ts'
import { MessageTeller } from './message-teller.ts'
import type { Notices } from './notices.ts'
import type { ApiConnection, Peer } from './service.ts'
import type { SettingsFile, StoredSettings } from './settings.ts'
import { statusWithoutSwarm } from './status.ts'
import { Swarm } from './swarm.ts'
import type { SwarmRecord } from './swarm-record.ts'
import { loadSwarm, saveSwarm } from './swarm-record.ts'

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
  readonly overrides: Partial<Pick<StoredSettings, 'mdns'>> & { readonly listen?: readonly string[] }
}

/** A peer on an open data folder, in a swarm or not yet. */
export class RunningPeer implements Peer {
  readonly events = new Emitter<BroadcastEvents>()
  readonly #options: RunningPeerOptions
  readonly #notices: Notices
  readonly #handlers: Handlers
  readonly #sessions: DocumentSessions
  readonly #stopRequest = new AbortController()
  readonly #disposables = new DisposableStore()
  /** Making, joining and stopping take turns. */
  readonly #turns = new Mutex()
  #swarm: Swarm | undefined
  #statusTimer: Disposable | undefined
  #stopped = false

  constructor(options: RunningPeerOptions) {
    this.#options = options
    this.#notices = options.notices(() => this.#statusChanged())
    this.#sessions = new DocumentSessions()
    const swarm = (): Swarm => this.#requireSwarm()
    this.#handlers = {
      ...this.#ownHandlers(),
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
    const network = await this.#network(record)
    const damaged = storeWasRepaired || storeWasLost
    this.#swarm = await this.#run(this.#swarmOf(record, network, { damaged }))
    await this.#swarm.introduce({ founds: false })
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
      this.#disposables.dispose()
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
      'swarm.create': async ({ machineName, name }) =>
        await this.#turns.run(async () => await this.#create(name, machineName)),
      'swarm.join': async ({ invite, machineName }, _connection, signal) =>
        await this.#turns.run(async () => await this.#join(invite, machineName, signal)),
      'swarm.invite': async () => ({ invite: this.#requireSwarm().invite() }),
      'settings.get': async () => this.#settings(),
      'settings.set': async ({ listen, machineName, mdns }) => {
        await this.#options.settings.change({
          ...(listen === undefined ? {} : { listen }),
          ...(machineName === undefined ? {} : { machineName: toName(machineName) }),
          ...(mdns === undefined ? {} : { mdns }),
        })
        if (machineName !== undefined) await this.#swarm?.rename(machineName)
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
      self: folder.key.device,
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

  async #create(name: string, machineName: string | undefined): Promise<Result<'swarm.create'>> {
    await this.#prepare(machineName)
    const { folder, random, store } = this.#options
    const space = parseSpaceId(toBase64url(random.bytes(32)))
    const record: SwarmRecord = { space, secret: random.bytes(SECRET_BYTES), name: toName(name) }
    const swarm = await this.#run(this.#swarmOf(record, await this.#network(record), { damaged: false }))
    await swarm.introduce({ founds: true })
    await saveSwarm(store, folder.swarm, record)
    this.#swarm = swarm
    this.#statusChanged()
    return { swarmId: space, name: swarm.name, invite: swarm.invite() }
  }

  async #join(invite: string, machineName: string | undefined, signal: AbortSignal): Promise<Result<'swarm.join'>> {
    await this.#prepare(machineName)
    const link = decodeSwarmLink(invite)
    const record: SwarmRecord = { space: link.space, secret: link.secret, name: link.name }
    this.events.emit('join:progressed', { stage: 'finding', missing: null })
    const network = await this.#network(record)
    const swarm = this.#swarmOf(record, network, { damaged: false })
    try {
      await network.start()
      this.events.emit('join:progressed', { stage: 'connecting', missing: null })
      await this.#firstContact(network, link.addresses, signal)
      await this.#run(swarm)
      this.events.emit('join:progressed', { stage: 'admitted', missing: null })
      await swarm.introduce({ founds: false })
    } catch (error) {
      await swarm.stop()
      throw error
    }
    await saveSwarm(this.#options.store, this.#options.folder.swarm, record)
    this.#swarm = swarm
    this.#statusChanged()
    this.events.emit('join:progressed', { stage: 'catching-up', missing: swarm.status().missing })
    return { swarmId: record.space, name: swarm.name }
  }

  /** @throws JoinError that says what was tried */
  async #firstContact(network: Network, addresses: readonly string[], signal: AbortSignal): Promise<void> {
    if (addresses.length === 0)
      throw new JoinError('the invite names no machine to ask: make a new one on a machine that is online')
    const message = `no answer within ${JOIN_TIMEOUT_MS / 1000} s`
    const limit = deadline(this.#options.clock, JOIN_TIMEOUT_MS, { signal, message })
    try {
      await network.connect(addresses, { signal: limit.signal })
    } catch (error) {
      if (signal.aborted) throw error
      if (codeOf(error) === 'NOT_ADMITTED') {
        const advice = 'it is of another swarm, or its secret is wrong; ask a member for a new invite'
        throw new JoinError(`the invite was not accepted: ${advice} (${messageOf(error)})`, { cause: error })
      }
      throw new JoinError(`nobody of the swarm could be reached: ${messageOf(error)}`, { cause: error })
    } finally {
      limit.dispose()
    }
  }

  async #prepare(machineName: string | undefined): Promise<void> {
    if (this.#swarm !== undefined) throw new AlreadyInSwarmError(this.#swarm.name)
    if (machineName !== undefined) await this.#options.settings.change({ machineName: toName(machineName) })
  }

  /** libp2p is loaded here and not before: a peer without a swarm starts at once. */
  async #network(record: SwarmRecord): Promise<Network> {
    const { createLibp2pNetwork } = await import('../network/index.ts')
    const { clock, folder, log, overrides, random, settings, store } = this.#options
    return createLibp2pNetwork({
      key: folder.key,
      listen: overrides.listen ?? settings.current.listen,
      mdns: overrides.mdns ?? settings.current.mdns,
      swarmTag: record.space,
      gate: createSwarmGate({ space: record.space, secret: record.secret, device: folder.key.device, random }),
      addressBook: { store, prefix: utf8('na') },
      clock,
      random,
      logger: log.logger.child({ part: 'network' }),
    })
  }

  #swarmOf(record: SwarmRecord, network: Network, { damaged }: { readonly damaged: boolean }): Swarm {
    const { clock, folder, log, random, settings, store, version } = this.#options
    return new Swarm({
      record,
      key: folder.key,
      store,
      network,
      fingerprint: folder.fingerprint,
      damaged,
      dataDirectory: folder.path,
      version,
      machineName: () => settings.current.machineName,
      notices: this.#notices,
      clock,
      random,
      logger: log.logger,
    })
  }

  async #run(swarm: Swarm): Promise<Swarm> {
    await swarm.start()
    this.#disposables.add(swarm.events.on('status:changed', () => this.#statusChanged()))
    const { events } = this
    const { documents, messages } = swarm
    this.#disposables.add(messages.events.on('channels:changed', () => events.emit('channels:changed', {})))
    this.#disposables.add(
      messages.events.on('message:deleted', ({ channel, message }) =>
        events.emit('message:deleted', { channel, id: message }),
      ),
    )
    const copies = this.#disposables.add(
      new CopiesWatch<EntryReference>({
        clock: this.#options.clock,
        count: (reference) => messages.copies(reference),
        tell: (message) => teller.changed(message, { isNew: false }),
      }),
    )
    const teller = this.#disposables.add(
      new MessageTeller({
        clock: this.#options.clock,
        look: async (message, { isNew }) => await this.#lookAtMessage(swarm, copies, message, isNew),
        tellFlood: () => events.emit('messages:reset', {}),
      }),
    )
    this.#disposables.add(swarm.journal.events.on('replicas:changed', () => copies.replicasChanged()))
    this.#disposables.add(
      messages.events.on('message:changed', ({ isNew, message }) => teller.changed(message, { isNew })),
    )
    this.#disposables.add(
      swarm.typing.on((channel, device) =>
        events.emit('message:typing', { channel, deviceId: device, name: swarm.nameOf(device) }),
      ),
    )
    this.#disposables.add(documents.events.on('documents:changed', () => events.emit('documents:changed', {})))
    this.#disposables.add(this.#sessions.listen(documents))
    return swarm
  }

  /** What is given tells of the message as it stands now. */
  async #lookAtMessage(
    swarm: Swarm,
    copies: CopiesWatch<EntryReference>,
    message: string,
    isNew: boolean,
  ): Promise<() => void> {
    try {
      const view = await swarm.messages.find(message)
      if (view === undefined) return () => undefined
      copies.watch(message, view)
      return () => this.events.emit('message:changed', { message: presentMessage(view, swarm), isNew })
    } catch (error) {
      this.#options.log.logger.warn({ error: messageOf(error) }, 'a message could not be shown')
      return () => undefined
    }
  }
}

const STORE_LOST = 'The records of this machine were lost. They come back from the others, as far as those have them.'
/** Long enough for several addresses on a slow line. */
const JOIN_TIMEOUT_MS = 30_000
