import type * as Y from 'yjs'

import type { DocumentId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import { MAX_IDLE_DOCUMENTS } from './constants.ts'
import type { DocumentKind } from './document-ids.ts'
import { kindOf } from './document-ids.ts'
import type { DocumentsProjection } from './documents-projection.ts'
import { DocumentNotFoundError } from './errors.ts'
import { applyAccepted, openDoc } from './fold.ts'
import { statePrefix } from './records.ts'

/** Where updates come from that others wrote, or that this device wrote and has in its document already. */
export const FROM_JOURNAL = 'journal'

/** A document in memory. It may be ahead of the disk by what editors of this machine just typed. */
export interface OpenDocument {
  readonly document: DocumentId
  readonly kind: DocumentKind
  readonly doc: Y.Doc
}

interface Slot {
  opening: Promise<OpenDocument>
  open: OpenDocument | undefined
  /** Applied to the disk while the document was being read. */
  readonly meanwhile: Uint8Array[]
  holds: number
}

export interface OpenDocumentsOptions {
  readonly store: RecordStore
  readonly projection: DocumentsProjection
  readonly logger: Logger
  /** An update was applied to an open document, from wherever: `origin` tells. */
  readonly onUpdate: (document: DocumentId, update: Uint8Array, origin: unknown) => void
}

/** The documents that are in memory: those that somebody edits, and the latest others. */
export class OpenDocuments implements Disposable {
  readonly #options: OpenDocumentsOptions
  readonly #slots = new Map<DocumentId, Slot>()
  readonly #disposables = new DisposableStore()

  constructor(options: OpenDocumentsOptions) {
    this.#options = options
    const { events } = options.projection
    this.#disposables.add(events.on('content:applied', ({ document, updates }) => this.#apply(document, updates)))
  }

  /** Reads it from the disk where it isn't in memory, and keeps it until as often released. */
  async hold(document: DocumentId): Promise<OpenDocument> {
    const known = this.#slots.get(document)
    if (known !== undefined) {
      // The latest used last: the first idle one is forgotten first.
      this.#slots.delete(document)
      this.#slots.set(document, known)
      known.holds++
      return await known.opening
    }
    const slot: Slot = { opening: Promise.reject(new Error('not begun')), open: undefined, meanwhile: [], holds: 1 }
    slot.opening.catch(() => undefined)
    this.#slots.set(document, slot)
    slot.opening = this.#open(document, slot)
    try {
      return await slot.opening
    } catch (error) {
      if (this.#slots.get(document) === slot) this.#slots.delete(document)
      throw error
    }
  }

  release(document: DocumentId): void {
    const slot = this.#slots.get(document)
    if (slot === undefined) return
    slot.holds = Math.max(0, slot.holds - 1)
    this.#limit()
  }

  /** Forgets a document; the next one who holds it gets it from the disk. */
  drop(document: DocumentId): void {
    this.#slots.get(document)?.open?.doc.destroy()
    this.#slots.delete(document)
  }

  dropAll(): void {
    for (const document of [...this.#slots.keys()]) this.drop(document)
  }

  dispose(): void {
    this.#disposables.dispose()
    this.dropAll()
  }

  async #open(document: DocumentId, slot: Slot): Promise<OpenDocument> {
    const kind = kindOf(document)
    if (kind === undefined) throw new DocumentNotFoundError(document)
    const records: (readonly [Uint8Array, Uint8Array])[] = []
    for await (const record of this.#options.store.entries(prefixRange(statePrefix(document)))) records.push(record)
    const doc = openDoc(kind, records)
    for (const update of slot.meanwhile.splice(0)) applyAccepted(doc, update, FROM_JOURNAL)
    doc.on('update', (update: Uint8Array, origin: unknown) => this.#options.onUpdate(document, update, origin))
    slot.open = { document, kind, doc }
    return slot.open
  }

  #apply(document: DocumentId, updates: readonly Uint8Array[]): void {
    const slot = this.#slots.get(document)
    if (slot === undefined || updates.length === 0) return
    const { open } = slot
    if (open === undefined) {
      slot.meanwhile.push(...updates)
      return
    }
    let harmful = 0
    open.doc.transact(() => {
      for (const update of updates) harmful += applyAccepted(open.doc, update, FROM_JOURNAL)
    }, FROM_JOURNAL)
    if (harmful > 0) {
      this.#options.logger.warn({ document, harmful }, 'parts of a document had to be left out: no editor makes such')
    }
  }

  #limit(): void {
    let idle = [...this.#slots.values()].filter(({ holds }) => holds === 0).length
    for (const [document, { holds, open }] of this.#slots) {
      if (idle <= MAX_IDLE_DOCUMENTS) return
      if (holds > 0 || open === undefined) continue
      this.drop(document)
      idle--
    }
  }
}
