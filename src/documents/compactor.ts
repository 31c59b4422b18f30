import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import { Mutex } from '../base/mutex.ts'
import type { Random } from '../base/random.ts'
import type { JournalId } from '../journal/entry-types.ts'
import type { Journal } from '../journal/journal.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import { encodeBody } from './bodies.ts'
import { buildCheckpoint } from './checkpoint.ts'
import type { OwnEntry } from './checkpoint-policy.ts'
import { isDue, planCheckpoint } from './checkpoint-policy.ts'
import { CHECKPOINT_HARD_ENTRIES, CHECKPOINT_QUIET_MS, MAX_CHECKPOINT_BYTES } from './constants.ts'
import { documentBytes } from './document-ids.ts'
import type { Head } from './document-state.ts'
import { decodeHead } from './document-state.ts'
import type { DocumentsProjection } from './documents-projection.ts'
import { decodeEntryRecord, decodeJournal } from './entry-record.ts'
import { documentOfKey, entriesPrefix, headKey, headPrefix, journalKey, placeOfKey } from './records.ts'

export interface CompactorOptions {
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly projection: DocumentsProjection
  readonly store: RecordStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Says this device's own entries about a document anew as one, where there are many and nobody types. */
export class Compactor implements Disposable {
  readonly #options: CompactorOptions
  readonly #disposables = new DisposableStore()
  readonly #timers = new Map<DocumentId, Disposable>()
  /** Where a try was in vain: not again before so many updates. */
  readonly #notBefore = new Map<DocumentId, number>()
  readonly #turns = new Mutex()
  #stopped = false

  constructor(options: CompactorOptions) {
    this.#options = options
    this.#disposables.add(
      options.projection.events.on('content:applied', ({ document, own }) => {
        if (own) void this.#turns.run(() => this.#consider(document))
      }),
    )
  }

  /** Looks at what was left uncompacted when the peer stopped. */
  async start(): Promise<void> {
    const due: DocumentId[] = []
    for await (const [key, value] of this.#options.store.entries(prefixRange(headPrefix))) {
      if (isDue(decodeHead(value))) due.push(documentOfKey(key))
    }
    for (const document of due) this.#later(document)
  }

  /** Ends once a checkpoint that is being written is written. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#disposables.dispose()
    for (const timer of this.#timers.values()) timer.dispose()
    this.#timers.clear()
    await this.#turns.idle()
  }

  dispose(): void {
    void this.stop()
  }

  async #consider(document: DocumentId): Promise<void> {
    if (this.#stopped) return
    const head = await this.#headOf(document)
    if (!isDue(head) || head.ownUpdates < (this.#notBefore.get(document) ?? 0)) return
    if (head.ownUpdates >= CHECKPOINT_HARD_ENTRIES) await this.#compact(document)
    else this.#later(document)
  }

  async #headOf(document: DocumentId): Promise<Head> {
    return decodeHead(await this.#options.store.get(headKey(document)))
  }

  /** Every further change puts it off: until nobody types. */
  #later(document: DocumentId): void {
    if (this.#stopped) return
    this.#timers.get(document)?.dispose()
    const timer = this.#options.clock.after(CHECKPOINT_QUIET_MS, () => {
      this.#timers.delete(document)
      void this.#turns.run(() => this.#compact(document))
    })
    this.#timers.set(document, timer)
  }

  async #compact(document: DocumentId): Promise<void> {
    if (this.#stopped) return
    this.#timers.get(document)?.dispose()
    this.#timers.delete(document)
    try {
      let written = false
      for (const [journal, entries] of await this.#ownEntries(document)) {
        if (await this.#compactJournal(document, journal, entries)) written = true
      }
      const { ownUpdates } = await this.#headOf(document)
      if (written) this.#notBefore.delete(document)
      else this.#notBefore.set(document, ownUpdates * 2)
    } catch (error) {
      this.#options.logger.warn({ document, reason: messageOf(error) }, 'a document could not be compacted')
      this.#notBefore.set(document, (await this.#headOf(document)).ownUpdates * 2)
    }
  }

  async #compactJournal(document: DocumentId, journal: JournalId, entries: readonly OwnEntry[]): Promise<boolean> {
    const plan = planCheckpoint(journal.incarnation, entries)
    if (plan === undefined) return false
    const { clock, journal: own, projection, random } = this.#options
    const started = clock.monotonic()
    const read = await own.read(plan.sequences.map((sequence) => ({ journal, sequence })))
    if (read.length !== plan.sequences.length) return false
    const { size, ...content } = buildCheckpoint(read, projection.clientIds)
    if (size > MAX_CHECKPOINT_BYTES) return false
    const kind = 'document.checkpoint'
    const body = encodeBody({ kind, id: random.bytes(16), document, ...content })
    await own.append([{ kind, body, supersedes: plan.supersedes }])
    this.#options.logger.info(
      { document, entries: read.length, bytes: size, milliseconds: Math.round(clock.monotonic() - started) },
      'a document was compacted',
    )
    return true
  }

  /** By journal, without those of forked ones: nobody drops anything of them. None where something still waits. */
  async #ownEntries(document: DocumentId): Promise<ReadonlyMap<JournalId, readonly OwnEntry[]>> {
    const { store } = this.#options
    const byTag = new Map<string, OwnEntry[]>()
    for await (const [key, value] of store.entries(prefixRange(entriesPrefix(documentBytes(document), true)))) {
      const { sequence, tag } = placeOfKey(key)
      const { bytes, covers, fate } = decodeEntryRecord(value)
      if (fate === 'waiting') return new Map()
      const entries = byTag.get(tag) ?? []
      byTag.set(tag, entries)
      entries.push({ sequence, bytes, covers: covers?.supersedes })
    }
    const byJournal = new Map<JournalId, readonly OwnEntry[]>()
    for (const [tag, entries] of byTag) {
      const record = await store.get(journalKey(tag))
      const journal = record === undefined ? undefined : decodeJournal(record)
      if (journal !== undefined && journal.branch === undefined) byJournal.set(journal, entries)
    }
    return byJournal
  }
}
