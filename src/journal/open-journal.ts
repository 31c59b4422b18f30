import { toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { every } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { codeOf, messageOf } from '../base/errors.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { Verify } from '../identity/device-key.ts'
import { publicKeyOf } from '../identity/device-key.ts'
import type { MessageStream, SpaceNetwork } from '../network/network.ts'
import type { RecordStore } from '../store/record-store.ts'
import { ADVANCE_PERIOD_MS, ADVANCE_SHARE_MS, REPORT_PERIOD_MS } from './constants.ts'
import type { Authority, CredentialsJudge } from './authority.ts'
import { takeCredentials, writeCredentials } from './credentials.ts'
import type { Entry, EntryReference } from './entry-types.ts'
import { excerptFrom, lackedBy, receiveExcerpt } from './excerpt.ts'
import type { FrontierItem } from './frontier.ts'
import { Gossip } from './gossip.ts'
import { journalsOf } from './held-journals.ts'
import type { Draft, Excerpt, HeldJournal, Journal, JournalEvents, JournalReplicas, OwnRange } from './journal.ts'
import { journalName } from './line.ts'
import type { LocalJournalOptions } from './local-journal-options.ts'
import { LocalJournal } from './local-journal.ts'
import { SYNC_PROTOCOL } from './protocol.ts'
import { Replicas } from './replicas.ts'
import { Reports } from './reports.ts'
import { SyncClient } from './sync-client.ts'
import { serveSync } from './sync-server.ts'

/** A session that ended while its neighbour stayed is begun again after this. */
const RETRY_MS = 1_000

export interface JournalOptions extends LocalJournalOptions {
  readonly network: SpaceNetwork
}

/** The journals of a space, kept in step with every neighbour that belongs to it. */
export function openJournal(options: JournalOptions): Journal {
  return new SyncedJournal(options)
}

class SyncedJournal implements Journal {
  readonly events = new Emitter<JournalEvents>()
  readonly #local: LocalJournal
  /** This device's public key in hex. */
  readonly #self: string
  readonly #network: SpaceNetwork
  readonly #store: RecordStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #verify: Verify
  readonly #authority: Authority
  readonly #reports: Reports
  readonly #replicas: Replicas
  readonly #gossip: Gossip
  readonly #clients = new Map<DeviceId, SyncClient>()
  readonly #served = new Set<MessageStream>()
  readonly #askedSinceStart = new Set<DeviceId>()
  readonly #pulling = new Map<string, Promise<void>>()
  #disposables = new DisposableStore()
  #started = false
  #reportDue = false

  constructor(options: JournalOptions) {
    this.#local = new LocalJournal(options)
    this.#self = toHex(options.key.publicKey)
    this.#network = options.network
    this.#store = options.store
    this.#clock = options.clock
    this.#logger = options.logger
    this.#verify = options.verify
    this.#authority = options.authority
    this.#reports = new Reports(options.store, options.prefix, this.#local.spaceBytes)
    this.#replicas = new Replicas(this.#local.lines)
    this.#gossip = new Gossip({
      journal: this.#local,
      network: options.network,
      logger: options.logger,
      onGap: (items, from) => this.#onGap(items, from),
    })
  }

  get space(): SpaceId {
    return this.#local.space
  }

  get device(): DeviceId {
    return this.#local.key.device
  }

  get incarnation(): string {
    return this.#local.incarnation
  }

  async start(): Promise<void> {
    if (this.#started) return
    this.#started = true
    this.#disposables = new DisposableStore()
    const { events } = this.#local
    for (const name of [
      'entries:applied',
      'journal:rebuilt',
      'incarnation:changed',
      'journal:forked',
      'version:newer',
    ] as const) {
      this.#disposables.add(events.on(name, (event) => this.events.emit(name, event)))
    }
    this.#disposables.add(
      events.on('head:moved', () => {
        this.#reportDue = true
      }),
    )
    await this.#local.start()
    await this.#reports.load(this.#verify)
    for (const report of this.#reports.all)
      this.#replicas.claim(toHex(report.device), report.items, report.counter, false)
    const options = {
      journal: this.#local,
      reports: this.#reports,
      clock: this.#clock,
      // Each neighbour hears it once: so what is told in all grows no further with their number.
      advancePeriod: () => Math.max(ADVANCE_PERIOD_MS, ADVANCE_SHARE_MS * this.#served.size),
    }
    this.#disposables.add(
      this.#network.handle(SYNC_PROTOCOL, async (stream) => {
        this.#served.add(stream)
        await serveSync(stream, options).finally(() => this.#served.delete(stream))
      }),
    )
    this.#disposables.add(this.#network.events.on('peer:connected', ({ device }) => this.#connect(device)))
    this.#disposables.add(every(this.#clock, REPORT_PERIOD_MS, () => void this.#report()))
    this.#gossip.start()
    for (const { device } of this.#network.peers()) this.#connect(device)
  }

  async stop(): Promise<void> {
    if (!this.#started) return
    this.#started = false
    this.#disposables.dispose()
    this.#gossip.stop()
    for (const stream of this.#served) stream.abort(new Error('this peer stops'))
    await this.#local.stop()
  }

  #connect(device: DeviceId): void {
    if (this.#clients.has(device) || this.#disposables.disposed) return
    const disposables = this.#disposables
    void this.#syncWith(device).then(() => {
      const stillThere = this.#network.peers().some((peer) => peer.device === device)
      if (!stillThere || disposables.disposed) return
      const retry = disposables.add(
        this.#clock.after(RETRY_MS, () => {
          disposables.release(retry)
          this.#connect(device)
        }),
      )
    })
  }

  /** One session with a neighbour, from opening the stream until it ends. */
  async #syncWith(device: DeviceId): Promise<void> {
    let stream: MessageStream | undefined
    const disposables = this.#disposables
    const ending = disposables.add({ dispose: () => stream?.abort(new Error('the session is over')) })
    try {
      stream = await this.#network.openStream(device, SYNC_PROTOCOL)
      const client = new SyncClient({
        stream,
        neighbour: toHex(publicKeyOf(device)),
        journal: this.#local,
        reports: this.#reports,
        replicas: this.#replicas,
        clock: this.#clock,
        logger: this.#logger,
        verify: this.#verify,
        pulling: this.#pulling,
        storeBlob: async (hash, bytes) =>
          await this.#store.write([this.#local.blobs.putOperation(hash, bytes)], { durable: false }),
        onReplicas: () => this.#replicasChanged(device),
      })
      this.#clients.set(device, client)
      await client.run()
    } catch (error) {
      const routine = ['ABORTED', 'STREAM_CLOSED', 'NOT_CONNECTED'].includes(codeOf(error))
      this.#logger[routine ? 'debug' : 'warn']({ device, error: messageOf(error) }, 'a sync session ended')
    } finally {
      disposables.release(ending)
      // what it holds and did not give before it went may be news: it counts as asked once it is asked again
      if (this.#clients.get(device)?.covered === false) this.#askedSinceStart.delete(device)
      this.#clients.delete(device)
      this.events.emit('replicas:changed', {})
    }
  }

  #replicasChanged(device: DeviceId): void {
    if (this.#clients.get(device)?.asked === true) this.#askedSinceStart.add(device)
    this.events.emit('replicas:changed', {})
  }

  /** Asks the neighbour who passed it on, or any other where that one is not asked yet. */
  #onGap(items: readonly FrontierItem[], from: DeviceId): void {
    const client = this.#clients.get(from) ?? [...this.#clients.values()][0]
    client?.consider(items).catch((error: unknown) => this.#logger.debug({ error: messageOf(error) }, 'a gap was left'))
  }

  async #report(): Promise<void> {
    if (!this.#reportDue) return
    this.#reportDue = false
    try {
      await this.#store.write([], { durable: true })
      await this.#reports.make(this.#local.key, this.#clock.now(), this.#local.frontier.items())
    } catch (error) {
      this.#reportDue = true
      this.#logger.warn({ error: messageOf(error) }, 'the report of what this machine holds could not be written')
    }
  }

  async append(drafts: readonly Draft[]): Promise<readonly Entry[]> {
    return await this.#local.append(drafts)
  }

  async read(references: readonly EntryReference[]): Promise<readonly Entry[]> {
    return await this.#local.read(references)
  }

  journalsOf(device: DeviceId): readonly HeldJournal[] {
    return journalsOf(this.#local.lines, device)
  }

  holders(reference: EntryReference): readonly DeviceId[] {
    const line = this.#local.lines.find(reference)
    if (line === undefined) return []
    const holders: DeviceId[] = [this.device]
    for (const device of this.#replicas.devices) {
      if (device === this.#self || !this.#replicas.holds(device, line, reference.sequence)) continue
      holders.push(this.#local.deviceId(device))
    }
    return holders
  }

  replicas(): JournalReplicas {
    const devices = new Map<DeviceId, { lacks: number; asOf: number }>()
    for (const device of this.#replicas.devices) {
      if (device === this.#self) continue
      const asOf = this.#replicas.asOf(device) ?? 0
      devices.set(this.#local.deviceId(device), { lacks: this.#replicas.lacks(device), asOf })
    }
    const clients = [...this.#clients]
    return {
      entries: this.#local.lines.all.reduce((sum, line) => sum + line.entries, 0),
      bytes: this.#local.lines.all.reduce((sum, line) => sum + line.bytes, 0),
      devices,
      missing: clients.reduce((most, [, client]) => Math.max(most, client.missing), 0),
      asked: [...this.#askedSinceStart].filter((device) => this.#clients.get(device)?.covered ?? true),
      onlyHere: this.#replicas.onlyHere(this.#local.key.publicKey),
      waiting: this.#local.waiting,
    }
  }

  requireWriter(): void {
    this.#local.requireWriter()
  }

  authorityChanged(): void {
    this.#local.authorityChanged()
  }

  async settled(): Promise<void> {
    await this.#local.settled()
  }

  credentials(): AsyncIterable<Uint8Array> {
    return writeCredentials(this.#local, this.#authority)
  }

  async acceptCredentials(frames: readonly Uint8Array[], judge: CredentialsJudge): Promise<void> {
    await takeCredentials(this.#local, frames, { judge, verify: this.#verify, clock: this.#clock })
  }

  lackedBy(device: DeviceId): readonly OwnRange[] {
    return lackedBy(this.#local, this.#replicas, device)
  }

  async excerptFrom(start: Pick<OwnRange, 'journal' | 'from'>): Promise<Excerpt | undefined> {
    return await excerptFrom(this.#local, start)
  }

  async receiveExcerpt(frame: Uint8Array): Promise<boolean> {
    return await receiveExcerpt(this.#local, frame)
  }

  frontier(): readonly string[] {
    return this.#local.frontier
      .items()
      .map((item) => `${journalName(item.journal)}:${item.sequence}#${toHex(item.hash)}`)
      .sort()
  }
}
