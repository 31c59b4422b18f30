import { bytesEqual, fromBase64url, toHex, utf8, concatBytes } from '../base/bytes.ts'
import { Emitter } from '../base/emitter.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import { Mutex } from '../base/mutex.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import { AppendQueue } from './append-queue.ts'
import { Applier } from './applier.ts'
import { Author, SEEN_KIND } from './author.ts'
import { Blobs } from './blobs.ts'
import { CausalFeed } from './causal-feed.ts'
import { Checkpoints } from './checkpoints.ts'
import { Compaction } from './compaction.ts'
import { MAX_FRESH_BYTES } from './constants.ts'
import type { Entry, EntryReference } from './entry-types.ts'
import { NotAllowedToWriteError, NotDurableError } from './errors.ts'
import { Frontier } from './frontier.ts'
import type { JournalAddress } from './header.ts'
import { MEMBERS, openHeader } from './header.ts'
import { Incarnation } from './incarnation.ts'
import { Judging } from './judging.ts'
import type { SoundBatch, WireItem } from './incoming.ts'
import { judgeBatch, readablePart } from './incoming.ts'
import type { IngestOutcome } from './ingest.ts'
import { Ingest } from './ingest.ts'
import type { Draft } from './journal.ts'
import { LeftBehind } from './left-behind.ts'
import { LineStore } from './line-store.ts'
import type { LocalJournalEvents, LocalJournalOptions } from './local-journal-options.ts'
import { Mending } from './mending.ts'
import { Presenter } from './presenter.ts'
import { Projecting } from './projecting.ts'
import { Proofs } from './proofs.ts'
import { PutAside } from './put-aside.ts'
import { resetWhereOutdated } from './projection-versions.ts'
import { Rebuild } from './rebuild.ts'
import type { RawEntry } from './stored-entry.ts'
import { Verdicts } from './verdicts.ts'

/** The journals of one space on this machine, without any network: appending, taking in, applying, compacting. */
export class LocalJournal {
  readonly events = new Emitter<LocalJournalEvents>()
  readonly space: SpaceId
  readonly spaceBytes: Uint8Array
  readonly key: DeviceKey
  readonly lines: LineStore
  readonly frontier: Frontier
  readonly proofs: Proofs
  readonly blobs: Blobs
  readonly #options: LocalJournalOptions
  readonly #ingest: Ingest
  readonly #author: Author
  readonly #incarnation: Incarnation
  readonly #presenter: Presenter
  readonly #checkpoints: Checkpoints
  readonly #judging: Judging
  readonly #putAside: PutAside
  readonly #leftBehind: LeftBehind
  readonly #appends = new AppendQueue()
  readonly #turns = new Mutex()
  readonly #compacting = new Mutex()
  #feed: CausalFeed
  #applier: Applier
  #started = false

  constructor(options: LocalJournalOptions) {
    this.#options = options
    const { authority, clock, fingerprint, key, logger, prefix, projections, random, store } = options
    this.space = options.space
    this.spaceBytes = fromBase64url(options.space)
    this.key = key
    this.lines = new LineStore(store, prefix)
    this.proofs = new Proofs(store, prefix)
    this.frontier = new Frontier(this.lines, this.proofs)
    this.blobs = new Blobs(store, prefix)
    this.#putAside = new PutAside(store, prefix)
    this.#leftBehind = new LeftBehind({
      store,
      putAside: this.#putAside,
      append: (drafts) => this.append(drafts),
      mayWrite: () => authority.admits(key.publicKey) && authority.mayWrite?.() === undefined,
    })
    this.#ingest = new Ingest({ store, lines: this.lines, blobs: this.blobs, authority })
    this.#author = new Author({ space: this.spaceBytes, key, clock, lines: this.lines, blobs: this.blobs })
    this.#incarnation = new Incarnation({ store, prefix, random, fingerprint })
    this.#presenter = new Presenter({ space: options.space, own: key.publicKey, blobs: this.blobs })
    const { blobs, frontier, lines, proofs } = this
    const presenter = this.#presenter
    const deviceId = (device: string): DeviceId => presenter.deviceId(device)
    this.#judging = new Judging({ verdicts: new Verdicts({ authority, lines, deviceId }), lines, proofs })
    const judging = this.#judging
    this.#checkpoints = new Checkpoints({
      ...{ store, key, lines, frontier, proofs, presenter, logger, turns: this.#turns },
      prefix: concatBytes(prefix, utf8('c')),
      compaction: new Compaction({ store, lines, blobs, proofs, presenter, projections, judging, logger }),
    })
    this.#feed = new CausalFeed(this.lines)
    this.#applier = this.#makeApplier()
  }

  #makeApplier(): Applier {
    const { isStoreFailure, logger, prefix, projections, store } = this.#options
    const { lines } = this
    const judging = this.#judging
    const projecting = new Projecting({ logger, isStoreFailure })
    const common = { store, prefix, lines, judging, projecting, projections, logger }
    return new Applier({
      ...common,
      feed: this.#feed,
      checkpoints: this.#checkpoints,
      rebuild: new Rebuild({ ...common, present: (held) => this.#presenter.entry(held) }),
      present: (ready) => this.#presenter.entry(ready),
      onApplied: (entries) => this.#applied(entries),
      onRebuilt: () => this.#rebuilt(),
    })
  }

  get incarnation(): string {
    return toHex(this.#incarnation.current)
  }

  async start(): Promise<void> {
    if (this.#started) return
    this.#started = true
    const mending = await this.#mend()
    await this.lines.load()
    await this.proofs.load()
    const copied = await this.#incarnation.load()
    // What others hold of the lost end of one's own journal is unknown yet: going on in it would fork it.
    if (mending !== undefined) await this.#incarnation.renew()
    this.#feed = new CausalFeed(this.lines)
    this.#applier = this.#makeApplier()
    const { prefix, projections, store } = this.#options
    await resetWhereOutdated({ store, prefix, projections, reset: () => this.#applier.reset() })
    if (mending !== undefined) await this.#applier.reset()
    await this.#checkpoints.load()
    await this.#applier.resume()
    await this.#applier.run()
    this.#carryOut()
    await mending?.finished()
    if (copied) this.#announceIncarnation('this data folder is a copy of another')
    await this.#putAside.load()
    await this.#leftBehind.writeAnew()
  }

  async #mend(): Promise<Mending | undefined> {
    const { damaged, key, logger, prefix, store, verify } = this.#options
    const { blobs, spaceBytes: space } = this
    const putAside = this.#putAside
    const mending = new Mending({ store, prefix, space, own: key.publicKey, blobs, putAside, verify })
    if (damaged !== true && !(await mending.isDue())) return undefined
    const lost = await mending.run()
    logger.warn({ lost }, 'the journals were made whole after a repair of the store')
    return mending
  }

  async stop(): Promise<void> {
    await this.settled()
  }

  #announceIncarnation(reason: string): void {
    this.#options.logger.warn({ incarnation: this.incarnation }, `the journal goes on in a new incarnation: ${reason}`)
    this.events.emit('incarnation:changed', { reason })
  }

  async append(drafts: readonly Draft[]): Promise<readonly Entry[]> {
    const call = this.#appends.add(drafts)
    await this.#turns.run(async () => {
      if (!call.isWritten) await this.#writeWaiting()
    })
    const { entries, line } = call.written()
    // everything written so far, in this process, reaches the disk with this empty durable write
    try {
      await Promise.all([this.#applier.run(), this.#options.store.write([], { durable: true })])
    } catch (error) {
      throw new NotDurableError(error)
    }
    return await Promise.all(entries.map((entry) => this.#presenter.entry({ ...entry, line })))
  }

  /** @throws NotAllowedToWriteError */
  requireWriter(): void {
    const reason = this.#options.authority.mayWrite?.()
    if (reason !== undefined) throw new NotAllowedToWriteError(reason)
  }

  /** Calls that came while the disk was busy are written as one. */
  async #writeWaiting(): Promise<void> {
    await this.#appends.write(async (kind, drafts) => {
      if (kind !== MEMBERS) this.requireWriter()
      const made = this.#author.write(this.#incarnation.current, kind, drafts)
      const outcome = await this.#ingest.store(made.batch, made.operations)
      if (outcome.type !== 'stored') throw new Error(`own entries could not be stored: ${outcome.type}`)
      made.committed()
      this.#stored(outcome)
      this.events.emit('own:written', {
        journal: made.batch.journal,
        entries: made.entries.map(({ header, signature, body }) => ({ header: header.bytes, signature, body })),
      })
      return { entries: made.entries.slice(-drafts.length), line: outcome.line }
    })
  }

  /**
   * Takes in consecutive places of a journal from another peer.
   * Of a batch that goes on in a newer format the part before is taken in.
   * @throws StructureError: the sender is at fault; FutureVersionError: nothing of it can be read here;
   * MissingBlobsError: fetch them first
   */
  async receive(wire: readonly WireItem[], proofs: readonly RawEntry[] = []): Promise<IngestOutcome> {
    const { verify } = this.#options
    const batch = judgeBatch(this.spaceBytes, this.#readable(wire), verify)
    const stubs = batch.items.flatMap((item) => (item.type === 'stub' ? [item.stub] : []))
    const isOwn = bytesEqual(batch.journal.device, this.key.publicKey)
    const drafts: Draft[] = []
    const outcome = await this.#turns.run(async () => {
      const context = { space: this.spaceBytes, verify }
      const news = stubs.length === 0 ? [] : this.proofs.judge(batch.journal, stubs, proofs, context)
      if (isOwn) drafts.push(...(await this.#draftsBeside(batch)))
      const stored = await this.#ingest.store(batch)
      if (stored.type === 'stored') {
        if (stubs.length > 0) this.#feed.reread(stored.line)
        const operations = news.flatMap(({ header, signature }) => this.proofs.add(header, signature))
        if (operations.length > 0) await this.#options.store.write(operations, { durable: false })
        this.#stored(stored)
      }
      return stored
    })
    if (outcome.type !== 'stored') return outcome
    if (outcome.forked) this.events.emit('journal:forked', { journal: this.#presenter.journalId(outcome.line) })
    if (isOwn) {
      await this.ownAhead(batch.journal)
      if (drafts.length > 0) await this.#leftBehind.add(drafts)
    }
    return outcome
  }

  #readable(wire: readonly WireItem[]): readonly WireItem[] {
    const { items, newer } = readablePart(wire)
    if (newer === undefined) return items
    this.events.emit('version:newer', {})
    if (items.length === 0) throw newer
    return items
  }

  #stored(outcome: Extract<IngestOutcome, { type: 'stored' }>): void {
    this.frontier.touch(outcome.line.journal)
    this.#feed.offer(outcome.line, outcome.items)
    this.events.emit('head:moved', { line: outcome.line })
  }

  /** Applies what has become ready. Failures of the store are logged; the next call tries again. */
  async apply(): Promise<void> {
    try {
      await this.#applier.run()
    } catch (error) {
      this.#options.logger.error({ error }, 'entries could not be applied yet')
    }
  }

  /** Applies in the background; waits only where too much has piled up in memory. */
  async applySoon(): Promise<void> {
    const applying = this.apply()
    if (this.#feed.freshBytes > MAX_FRESH_BYTES / 2) await applying
  }

  #applied(entries: readonly Entry[]): void {
    if (entries.length === 0) return
    if (entries.some((entry) => entry.journal.kind === 'members')) this.#membersApplied()
    this.events.emit('entries:applied', { count: entries.length })
    this.#carryOut()
  }

  #membersApplied(): void {
    this.events.emit('members:applied', {})
    if (!this.#leftBehind.isReady) return
    this.#leftBehind
      .writeAnew()
      .catch((error: unknown) => this.#options.logger.error({ error }, 'own entries were not written anew yet'))
  }

  #rebuilt(): void {
    this.events.emit('journal:rebuilt', {})
    this.#carryOut()
  }

  #carryOut(): void {
    if (this.#checkpoints.isDue) void this.#compacting.run(() => this.#checkpoints.carryOut())
  }

  /** Who belongs may have changed otherwise than by entries applied here: what counts is judged anew. */
  authorityChanged(): void {
    void this.apply()
  }

  async read(references: readonly EntryReference[]): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    for (const reference of references) {
      const line = this.lines.find(reference)
      const record = line === undefined ? undefined : await this.lines.recordAt(line, reference.sequence)
      if (line === undefined || record?.type !== 'entry') continue
      entries.push(
        await this.#presenter.entry({ line, header: openHeader(record.entry.header), body: record.entry.body }),
      )
    }
    return entries
  }

  /** Why entries of this journal would not be kept; undefined where they would. */
  refusal(journal: JournalAddress, head: number): string | undefined {
    return this.#ingest.refusal(journal, head)
  }

  /** Another peer holds something under this device's current incarnation that this store never wrote. */
  async ownAhead(journal: JournalAddress): Promise<void> {
    await this.#turns.run(async () => {
      if (!bytesEqual(journal.incarnation, this.#incarnation.current)) return
      await this.#incarnation.renew()
      this.#announceIncarnation(
        'other machines hold more of what this one wrote than it does itself, as after restoring a backup',
      )
    })
  }

  isOwnCurrent(journal: JournalAddress): boolean {
    return bytesEqual(journal.device, this.key.publicKey) && bytesEqual(journal.incarnation, this.#incarnation.current)
  }

  /**
   * Own entries of this journal, from where the batch begins, that are not in it. Where others hold more of one's own
   * journal than oneself, these stand on a branch or in doubt: they are written anew.
   */
  async #draftsBeside(batch: SoundBatch): Promise<readonly Draft[]> {
    const given = new Set(batch.items.map((item) => (item.type === 'stub' ? '' : toHex(item.header.hash))))
    const drafts: Draft[] = []
    for (const line of this.lines.named(batch.name)) {
      const from = Math.max(batch.before.sequence, line.fork.sequence) + 1
      for await (const record of this.lines.read(line, from)) {
        if (record.type === 'stub') continue
        const header = openHeader(record.entry.header)
        if (given.has(toHex(header.hash)) || header.supersedes.length > 0 || header.kind === SEEN_KIND) continue
        const { body, kind } = await this.#presenter.entry({ line, header, body: record.entry.body })
        drafts.push({ kind, body, journal: batch.journal.kind === MEMBERS ? 'members' : 'data' })
      }
    }
    return drafts
  }

  /** @param device public key in hex */
  deviceId(device: string): DeviceId {
    return this.#presenter.deviceId(device)
  }

  /** Entries that are held and not applied yet. */
  get waiting(): number {
    return this.lines.all.reduce((sum, line) => sum + line.head.sequence - line.applied.sequence, 0)
  }

  async settled(): Promise<void> {
    await this.#turns.idle()
    await this.#applier.idle()
    await this.#compacting.idle()
  }
}

/** Record keys of a space: its number keeps them short. */
export function spacePrefix(number: number): Uint8Array {
  return concatBytes(utf8('j'), Uint8Array.of(number >>> 8, number & 0xff))
}
