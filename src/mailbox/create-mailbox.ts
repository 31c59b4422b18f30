import { every } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { AbortedError, InvalidInputError, messageOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import { sealBox } from '../identity/sealed-box.ts'
import type { MessageStream } from '../network/network.ts'
import {
  ADVANCE_MS,
  DEFAULT_LIMITS,
  LOOK_PERIOD_MS,
  MAX_CONTENT_BYTES,
  MAX_EXCLUDED,
  MAX_NAME_BYTES,
  TICK_MS,
} from './constants.ts'
import { Counter } from './counter.ts'
import { FORM } from './form.ts'
import { Inbox } from './inbox.ts'
import { KnownTags } from './known-tags.ts'
import { Leaving } from './leaving.ts'
import { Look } from './look.ts'
import type { Mailbox, MailboxEvents, MailboxOptions, Parcel } from './mailbox.ts'
import { Outbox } from './outbox.ts'
import { MAILBOX_PROTOCOL } from './protocol.ts'
import { RecordKeys } from './records.ts'
import { Shelf } from './shelf.ts'
import { Tags } from './tags.ts'
import { Undelivered } from './undelivered.ts'
import { Visit } from './visit.ts'
import { Visits } from './visits.ts'
import { Weeks } from './weeks.ts'

/** Opens the mailbox of this device; nothing happens before `start`. */
export function createMailbox(options: MailboxOptions): Mailbox {
  return new MemberMailbox(options)
}

class MemberMailbox implements Mailbox {
  readonly events = new Emitter<MailboxEvents>()
  readonly #options: MailboxOptions
  readonly #tags: Tags
  readonly #shelf: Shelf
  readonly #outbox: Outbox
  readonly #known: KnownTags
  readonly #undelivered: Undelivered
  readonly #inbox: Inbox
  readonly #weeks: Weeks
  readonly #leaving: Leaving
  /** Streams over which neighbours ask here: one each. */
  readonly #counters = new Map<DeviceId, Counter>()
  #disposables = new DisposableStore()
  #visits: Visits | undefined
  #advance: Disposable | undefined
  #ticks = 0
  #state: 'stopped' | 'starting' | 'running' = 'stopped'

  constructor(options: MailboxOptions) {
    this.#options = options
    const { clock, deliver, key, logger, mayHold, store } = options
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    const keys = new RecordKeys(options.prefix)
    const kept = { store, keys, clock }
    this.#tags = new Tags(key)
    this.#shelf = new Shelf({ ...kept, limits, mayHold, onChange: () => this.#shelfChanged() })
    this.#outbox = new Outbox({
      ...kept,
      limits,
      onChange: () => this.events.emit('waiting:changed', {}),
      onWork: () => this.#visits?.wake(),
    })
    this.#known = new KnownTags({ ...kept, most: limits.knownTags })
    this.#undelivered = new Undelivered(kept)
    this.#weeks = new Weeks(kept)
    this.#inbox = new Inbox({
      key,
      store,
      logger,
      known: this.#known,
      undelivered: this.#undelivered,
      tags: this.#tags,
      senders: () => this.#senders(),
      deliver,
    })
    this.#leaving = new Leaving({
      ...options,
      outbox: this.#outbox,
      weeks: this.#weeks,
      onRefusal: () => this.#visits?.wake(),
    })
  }

  async start(): Promise<void> {
    if (this.#state !== 'stopped') return
    this.#state = 'starting'
    try {
      for (const part of [this.#shelf, this.#outbox, this.#known, this.#undelivered, this.#weeks]) await part.load()
    } catch (error) {
      this.#state = 'stopped'
      throw error
    }
    this.#state = 'running'
    this.#open()
  }

  async stop(): Promise<void> {
    if (this.#state !== 'running') return
    this.#state = 'stopped'
    this.#disposables.dispose()
    this.#visits?.stop()
    this.#visits = undefined
    for (const counter of this.#counters.values()) counter.end()
    this.#counters.clear()
    await Promise.all([this.#shelf.idle(), this.#outbox.idle()])
  }

  #open(): void {
    const { clock, network } = this.#options
    const visits = this.#makeVisits()
    const met = (device: DeviceId): void => {
      visits.met(device)
      void this.#saw([device])
    }
    this.#visits = visits
    this.#disposables = new DisposableStore()
    this.#disposables.onDispose(() => {
      this.#advance?.dispose()
      this.#advance = undefined
    })
    this.#disposables.add(network.handle(MAILBOX_PROTOCOL, async (stream) => await this.#serve(stream)))
    this.#disposables.add(network.events.on('peer:connected', ({ device }) => met(device)))
    this.#disposables.add(network.events.on('peer:disconnected', () => visits.wake()))
    this.#disposables.add(every(clock, TICK_MS, () => void this.#tick()))
    for (const { device } of network.peers()) met(device)
    void this.#inbox.deliver()
  }

  async leave({ content, exclude = [], name, to }: Parcel): Promise<void> {
    if (content.length > MAX_CONTENT_BYTES) {
      throw new InvalidInputError(`${content.length} bytes are too many for a parcel; ${MAX_CONTENT_BYTES} is the most`)
    }
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new InvalidInputError('the name of a parcel is too long')
    if (exclude.length > MAX_EXCLUDED) throw new InvalidInputError('too many devices are not to hold a parcel')
    this.#expectRunning()
    const { key, random } = this.#options
    const box = sealBox({ key, to, content, form: FORM, random })
    await this.#outbox.put({ to, name, tag: this.#tags.make(to, random), exclude, box })
  }

  async withdraw(to: DeviceId, name: string): Promise<void> {
    this.#expectRunning()
    await this.#outbox.withdraw(to, name)
  }

  waitingOn(to: DeviceId, name: string): readonly DeviceId[] {
    return this.#outbox.find(to, name)?.holders ?? []
  }

  held(): { readonly envelopes: number; readonly bytes: number } {
    return this.#shelf.held
  }

  #expectRunning(): void {
    if (this.#state !== 'running') throw new AbortedError('the mailbox is not open')
  }

  #senders(): readonly DeviceId[] {
    const { key, machines, mayHold } = this.#options
    return machines().flatMap(({ device }) => (device !== key.device && mayHold(device) ? [device] : []))
  }

  async #serve(stream: MessageStream): Promise<void> {
    const { peer } = stream
    this.#counters.get(peer)?.end()
    const counter = new Counter(stream, { shelf: this.#shelf, mayAsk: () => this.#options.mayHold(peer) })
    this.#counters.set(peer, counter)
    try {
      await counter.serve()
    } finally {
      if (this.#counters.get(peer) === counter) this.#counters.delete(peer)
    }
  }

  #makeVisits(): Visits {
    const { clock, logger, network, random } = this.#options
    return new Visits({
      network,
      clock,
      logger,
      begin: (stream) =>
        new Visit({
          stream,
          clock,
          outbox: this.#outbox,
          leaving: this.#leaving,
          look: new Look(stream.peer, { inbox: this.#inbox, random, clock }),
        }),
    })
  }

  /** Everybody is told of new envelopes at the same time and alike: so it tells nobody whom they are for. */
  #shelfChanged(): void {
    this.events.emit('waiting:changed', {})
    if (this.#state !== 'running' || this.#advance !== undefined) return
    this.#advance = this.#options.clock.after(ADVANCE_MS, () => {
      this.#advance = undefined
      for (const counter of this.#counters.values()) counter.tell()
    })
  }

  async #tick(): Promise<void> {
    const disposables = this.#disposables
    this.#ticks++
    try {
      await this.#saw(this.#options.network.peers().map(({ device }) => device))
      await this.#shelf.sweep()
      await this.#outbox.sweep()
      if ((this.#ticks * TICK_MS) % LOOK_PERIOD_MS === 0) {
        await this.#undelivered.sweep()
        await this.#known.sweep()
        await this.#inbox.deliver()
      }
      this.#visits?.wake()
    } catch (error) {
      if (!disposables.disposed) this.#options.logger.warn({ error: messageOf(error) }, 'the mailbox was not tidied up')
    }
  }

  async #saw(devices: readonly DeviceId[]): Promise<void> {
    try {
      await this.#weeks.saw(devices)
    } catch (error) {
      this.#options.logger.debug({ error: messageOf(error) }, 'who is up was not written down')
    }
  }
}
