import { toHex } from '../base/bytes.ts'
import { Emitter } from '../base/emitter.ts'
import type { DocumentId, SpaceId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import type { Entry, EntryReference } from '../journal/entry-types.ts'
import type { Projection, RejudgedEntries } from '../journal/projection.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Transaction } from '../store/transaction.ts'
import { decodeBody, KINDS } from './bodies.ts'
import { checkCheckpoint } from './checkpoint.ts'
import { ClientIds } from './client-ids.ts'
import { MAX_DOCUMENT_STATES, MAX_TAIL_RECORDS, MIN_FOLD_BYTES } from './constants.ts'
import type { ContentContext } from './content-batch.ts'
import { ContentBatch } from './content-batch.ts'
import { kindOf } from './document-ids.ts'
import { dropContent, heldEntries, inJudgingOrder } from './dispute.ts'
import { DocumentState } from './document-state.ts'
import { openDoc, snapshotOf } from './fold.ts'
import { withEntry } from './metadata.ts'
import { isSnapshotKey, PREFIX, snapshotKey, statePrefix } from './records.ts'
import { hasLeftOut } from './left-out.ts'
import { byDocument, withoutVoided } from './rejudged.ts'
import type { Weave } from './yjs/weave.ts'

export interface DocumentsProjectionOptions {
  readonly space: SpaceId
  /** Where the journal's transactions write. */
  readonly store: RecordStore
  readonly logger: Logger
}

export interface AppliedUpdates {
  readonly document: DocumentId
  /** Yjs v1 updates in an order in which they can be applied. */
  readonly updates: readonly Uint8Array[]
  /** Some of the entries were written by this device. */
  readonly own: boolean
}

export interface ProjectionEvents {
  /** Content that was accepted is on the disk now. */
  readonly 'content:applied': AppliedUpdates
  /** A title or a deletion (`isListed`), or only who changed something last. */
  readonly 'metadata:changed': { readonly documents: readonly DocumentId[]; readonly isListed: boolean }
  /** An author said two things at the same clocks, or who belongs changed: what counts was worked out anew, and may differ. */
  readonly 'content:rebuilt': { readonly document: DocumentId; readonly why: 'dispute' | 'membership' }
  /** All stored state is dropped and everything will be applied anew. */
  readonly 'state:dropped': Record<string, never>
}

interface Touched {
  batch: ContentBatch
  own: boolean
  rebuilt: ProjectionEvents['content:rebuilt']['why'] | undefined
}

/** Where entries can be read again: the journal. */
export interface EntrySource {
  read(references: readonly EntryReference[]): Promise<readonly Entry[]>
}

/**
 * Documents as records: what each consists of (a snapshot and a tail of updates), how far every author has come, and
 * what waits for something. Judging an entry needs only the clocks, so that documents nobody looks at stay closed.
 */
export class DocumentsProjection implements Projection {
  readonly name = 'documents'
  readonly version = 2
  readonly kinds: readonly string[] = KINDS
  readonly events = new Emitter<ProjectionEvents>()
  readonly clientIds: ClientIds
  /** Entries that counted nothing since start, by reason. */
  readonly voided = new Map<string, number>()
  readonly #store: RecordStore
  readonly #logger: Logger
  readonly #states = new Map<DocumentId, DocumentState>()
  readonly #knownJournals = new Set<string>()
  readonly #woven = new Map<string, Weave>()
  #source: EntrySource | undefined
  /** What was judged and may not be on the disk: forgotten before the next entries unless a commit was announced. */
  #uncommitted = new Set<DocumentId>()

  constructor({ logger, space, store }: DocumentsProjectionOptions) {
    this.#logger = logger
    this.#store = store
    this.clientIds = new ClientIds(space)
  }

  async apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void> {
    this.#forgetUncommitted()
    const touched = new Map<DocumentId, Touched>()
    const changed = new Set<DocumentId>()
    let isListed = false
    for (const entry of entries) {
      const body = decodeBody(entry.kind, entry.body)
      if (body === undefined) {
        this.#reportVoid(entry, 'its body is not what it should be')
        continue
      }
      const document = await this.#touch(body.document, touched, transaction)
      const { state } = document.batch
      const metadata = withEntry(state.metadata, entry, body)
      if (metadata !== state.metadata) changed.add(body.document)
      isListed ||= !('structs' in body)
      state.setMetadata(metadata)
      if ('structs' in body) await document.batch.add(entry, body)
      document.own ||= entry.own
    }
    for (const one of touched.values()) if (one.batch.disputed) await this.#settleDispute(one, transaction)
    await this.#writeStates(touched, transaction)
    return () => this.#committed(touched, { documents: [...changed], isListed })
  }

  async #writeStates(touched: ReadonlyMap<DocumentId, Touched>, transaction: Transaction): Promise<void> {
    for (const { batch } of touched.values()) {
      if (isLongTail(batch.state)) await this.#fold(batch.state, transaction)
      batch.state.write(transaction)
    }
    this.#limitStates(touched)
  }

  async #touch(document: DocumentId, touched: Map<DocumentId, Touched>, transaction: Transaction): Promise<Touched> {
    const known = touched.get(document)
    if (known !== undefined) return known
    this.#uncommitted.add(document)
    const loaded = this.#states.get(document)
    const state = loaded ?? (await DocumentState.load(document, transaction))
    this.#states.delete(document)
    this.#states.set(document, state)
    const batch = new ContentBatch(state, transaction, this.#context)
    const fresh = { batch, own: false, rebuilt: undefined }
    touched.set(document, fresh)
    if (loaded === undefined && state.waiting.size > 0) await batch.lookAtAll()
    return fresh
  }

  /**
   * An author said two things at the same clocks. So that every peer comes to the same, whatever came first there, all
   * that is held about the document is judged anew, in an order that all have in common.
   */
  async #settleDispute(one: Touched, transaction: Transaction): Promise<void> {
    const { document, metadata } = one.batch.state
    if (this.#source === undefined) return
    this.#logger.warn({ document }, 'an author said two things in one place; the document is worked out anew')
    const entries = await heldEntries(document, this.#source, transaction)
    one.batch = await this.#judgeAnew({ document, metadata }, entries, transaction)
    one.rebuilt = 'dispute'
  }

  async #judgeAnew(
    { document, metadata }: Pick<DocumentState, 'document' | 'metadata'>,
    entries: readonly Entry[],
    transaction: Transaction,
  ): Promise<ContentBatch> {
    await dropContent(document, transaction)
    const state = DocumentState.empty(document, metadata)
    const batch = new ContentBatch(state, transaction, this.#context)
    for (const entry of entries) {
      const body = decodeBody(entry.kind, entry.body)
      if (body !== undefined && 'structs' in body) await batch.add(entry, body)
    }
    this.#states.set(document, state)
    return batch
  }

  /** Only the documents that the entries are about are worked out anew, from what is left of their entries. */
  async rejudge(changes: RejudgedEntries, transaction: Transaction): Promise<(() => void) | undefined> {
    this.#forgetUncommitted()
    const documents = byDocument(changes)
    if (documents === undefined || this.#source === undefined) return undefined
    this.#woven.clear()
    const touched = new Map<DocumentId, Touched>()
    for (const [document, { restored, voided }] of documents) {
      const held = await heldEntries(document, this.#source, transaction)
      const left = inJudgingOrder([...held.filter((entry) => !voided.has(toHex(entry.hash))), ...restored])
      const known = this.#states.get(document) ?? (await DocumentState.load(document, transaction))
      const metadata = withoutVoided(known.metadata, changes.voided, left)
      if (metadata === undefined) return undefined
      this.#uncommitted.add(document)
      const batch = await this.#judgeAnew({ document, metadata }, left, transaction)
      touched.set(document, { batch, own: false, rebuilt: 'membership' })
    }
    await this.#writeStates(touched, transaction)
    return () => this.#committed(touched, { documents: [...documents.keys()], isListed: false })
  }

  /** Needed where authors contradict themselves: the journal that feeds this projection. */
  connect(source: EntrySource): void {
    this.#source = source
  }

  get #context(): ContentContext {
    return {
      read: async (reference) => (await this.#source?.read([reference]))?.[0],
      clientIds: this.clientIds,
      knownJournals: this.#knownJournals,
      woven: this.#woven,
      onVoid: (entry, reason) => this.#reportVoid(entry, reason),
    }
  }

  /** Rewrites the snapshot, with the tail in it. Costs as much as the document, and comes when the tail has doubled it. */
  async #fold(state: DocumentState, transaction: Transaction): Promise<void> {
    const kind = kindOf(state.document)
    if (kind === undefined) return
    const records = await transaction.entries(prefixRange(statePrefix(state.document)))
    const doc = openDoc(kind, records)
    const snapshot = snapshotOf(doc)
    doc.destroy()
    for (const [key] of records) if (!isSnapshotKey(key)) transaction.delete(key)
    transaction.put(snapshotKey(state.document), snapshot)
    Object.assign(state.head, { tailRecords: 0, tailBytes: 0, snapshotBytes: snapshot.length })
  }

  #committed(touched: ReadonlyMap<DocumentId, Touched>, changed: ProjectionEvents['metadata:changed']): void {
    for (const [document, { batch, own, rebuilt }] of touched) {
      this.#uncommitted.delete(document)
      for (const tag of batch.newJournals) this.#knownJournals.add(tag)
      if (rebuilt !== undefined) this.events.emit('content:rebuilt', { document, why: rebuilt })
      else if (batch.accepted.length > 0 || own) {
        this.events.emit('content:applied', { document, updates: batch.accepted, own })
      }
    }
    if (changed.documents.length > 0) this.events.emit('metadata:changed', changed)
  }

  #forgetUncommitted(): void {
    if (this.#uncommitted.size === 0) return
    for (const document of this.#uncommitted) this.#states.delete(document)
    this.#uncommitted.clear()
    this.#woven.clear()
  }

  #limitStates(touched: ReadonlyMap<DocumentId, Touched>): void {
    for (const document of this.#states.keys()) {
      if (this.#states.size <= MAX_DOCUMENT_STATES) return
      if (!touched.has(document)) this.#states.delete(document)
    }
  }

  #reportVoid({ device, kind, sequence }: Pick<Entry, 'device' | 'kind' | 'sequence'>, reason: string): void {
    this.voided.set(reason, (this.voided.get(reason) ?? 0) + 1)
    this.#logger.warn({ device, kind, sequence, reason }, 'an entry about a document counts nothing')
  }

  async reset(transaction: Transaction): Promise<void> {
    for (const [key] of await transaction.entries(prefixRange(PREFIX))) transaction.delete(key)
    this.#states.clear()
    this.#knownJournals.clear()
    this.#woven.clear()
    this.#uncommitted = new Set()
    this.events.emit('state:dropped', {})
  }

  async checkCheckpoint(checkpoint: Entry, superseded: readonly Entry[]): Promise<boolean> {
    if (!checkCheckpoint(checkpoint, superseded, this.clientIds)) return false
    return checkpoint.own || !(await hasLeftOut(checkpoint, this.#store))
  }
}

function isLongTail({ head }: DocumentState): boolean {
  return head.tailBytes >= Math.max(MIN_FOLD_BYTES, head.snapshotBytes) || head.tailRecords >= MAX_TAIL_RECORDS
}
