import * as Y from 'yjs'

import { toBase64url } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { codeOf, messageOf } from '../base/errors.ts'
import type { DocumentId } from '../base/ids.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import { Mutex } from '../base/mutex.ts'
import type { Random } from '../base/random.ts'
import type { Draft, Journal } from '../journal/journal.ts'
import type { RecordStore } from '../store/record-store.ts'
import { encodeBody } from './bodies.ts'
import { Announcer } from './announcer.ts'
import { Compactor } from './compactor.ts'
import { MAX_SESSIONS } from './constants.ts'
import type { DocumentKind } from './document-ids.ts'
import { DocumentDirectory } from './document-directory.ts'
import { newDocumentId } from './document-ids.ts'
import type { Documents, DocumentsEvents, DocumentView, OpenedDocument } from './documents.ts'
import type { DocumentsProjection } from './documents-projection.ts'
import { DocumentRebuiltError, SessionNotFoundError, TooManySessionsError, UpdateRefusedError } from './errors.ts'
import type { GivenSession } from './given-sessions.ts'
import { GivenSessions } from './given-sessions.ts'
import type { OpenDocument } from './open-documents.ts'
import { OpenDocuments } from './open-documents.ts'
import { appendText, beginDocument, replaceText, textOfDocument } from './plain-text.ts'
import type { Presence } from './presence.ts'
import { Quota } from './quota.ts'
import { toTitle } from './titles.ts'
import { draftTyped } from './typed-drafts.ts'
import { newInTyped, readTyped } from './typed-update.ts'
import { WriteQueue } from './write-queue.ts'
import { applyGuarded } from './yjs/guarded-apply.ts'
import { newDoc } from './yjs/new-doc.ts'
import { readUpdate } from './yjs/read-update.ts'
import { updateOf } from './yjs/update-of.ts'

export interface DocumentsOptions {
  readonly journal: Pick<Journal, 'device' | 'incarnation' | 'append' | 'read' | 'requireWriter' | 'settled'>
  /** The one that the journal feeds. */
  readonly projection: DocumentsProjection
  readonly presence: Presence
  /** Where the projection writes. */
  readonly store: RecordStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

interface Session {
  readonly id: string
  readonly document: DocumentId
  readonly given: GivenSession
  readonly turns: Mutex
  /** Something that it handed over was refused: its editor may come back with it. */
  hasRefused: boolean
}

const JUDGED_ANEW = 'What counts in this document was judged anew.'
/** Updates of this device's own text that are read back: as large as texts may be. */
const OWN_LIMITS = { structs: Number.MAX_SAFE_INTEGER, ranges: Number.MAX_SAFE_INTEGER }

export function createDocuments(options: DocumentsOptions): Documents {
  return new DocumentService(options)
}

class DocumentService implements Documents {
  readonly events = new Emitter<DocumentsEvents>()
  readonly #options: DocumentsOptions
  readonly #directory: DocumentDirectory
  readonly #open: OpenDocuments
  readonly #given: GivenSessions
  readonly #queue: WriteQueue
  readonly #quota: Quota
  readonly #sessions = new Map<string, Session>()
  #compactor: Compactor | undefined
  /** Rejects or resolves when documents are all there (again). */
  #whole: Promise<void> = Promise.resolve()
  #disposables = new DisposableStore()

  constructor(options: DocumentsOptions) {
    this.#options = options
    const { clock, journal, logger, projection, random, store } = options
    const { device } = journal
    projection.connect(journal)
    this.#directory = new DocumentDirectory(options)
    this.#open = new OpenDocuments({
      store,
      projection,
      logger,
      onUpdate: (document, update, origin) => this.#spread(document, update, origin),
    })
    this.#given = new GivenSessions({ store, clientIds: projection.clientIds, device, random })
    this.#quota = new Quota(store, journal)
    this.#queue = new WriteQueue({
      clock,
      draft: (document, typed) => draftTyped(typed, { document, random }),
      append: async (drafts, document) => {
        await journal.append(drafts).catch((error: unknown) => this.#notWritten(document, error))
      },
    })
  }

  async start(): Promise<void> {
    const { clock, journal, logger, presence, projection, random, store } = this.#options
    this.#disposables.dispose()
    this.#disposables = new DisposableStore()
    const listChanged = new Announcer(clock, () => this.events.emit('documents:changed', {}))
    this.#disposables.add(listChanged)
    this.#disposables.add(
      projection.events.on('metadata:changed', ({ documents, isListed }) => {
        if (isListed) {
          listChanged.now()
          this.#later(this.#endDeleted(documents))
        } else listChanged.soon()
      }),
    )
    this.#disposables.add(presence.events.on('present:changed', () => listChanged.soon()))
    this.#disposables.add(
      presence.events.on('presence:changed', (event) => this.events.emit('document:presence', event)),
    )
    this.#disposables.add(
      projection.events.on('content:rebuilt', ({ document, why }) => {
        if (why === 'membership') this.#queue.refuse(new DocumentRebuiltError(), document)
        this.#endAll(document, JUDGED_ANEW)
        this.#open.drop(document)
      }),
    )
    this.#disposables.add(
      projection.events.on('state:dropped', () => {
        this.#whole = this.#resetAll()
        this.#later(this.#whole)
      }),
    )
    await presence.start()
    this.#compactor = new Compactor({ journal, projection, store, clock, random, logger })
    await this.#compactor.start()
  }

  /** For what nobody waits for. */
  #later(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#options.logger.warn({ reason: messageOf(error) }, 'editors could not be told of a change')
    })
  }

  /** What was handed over is written before this resolves. */
  async stop(): Promise<void> {
    await this.#queue.flushAll()
    await this.#compactor?.stop()
    this.#compactor = undefined
    for (const session of [...this.#sessions.keys()]) this.#end(session)
    this.#queue.dispose()
    this.#disposables.dispose()
    await this.#options.presence.stop()
    this.#open.dropAll()
  }

  async create({ kind, title }: { readonly title: string; readonly kind: DocumentKind }): Promise<{
    readonly id: DocumentId
  }> {
    const { random } = this.#options
    const document = newDocumentId(kind, random)
    const id = random.bytes(16)
    const body = encodeBody({ kind: 'document.create', id, document, title: toTitle(title) })
    const begun = await this.#begin(document, kind)
    await this.#options.journal.append([{ kind: 'document.create', body }, ...begun])
    return { id: document }
  }

  /** The first block of a rich document, so that editors that begin at the same time don't make one each. */
  async #begin(document: DocumentId, kind: DocumentKind): Promise<readonly Draft[]> {
    if (kind === 'text') return []
    const given = await this.#given.give(document, this.#options.journal.incarnation)
    const doc = newDoc(kind)
    doc.clientID = given.client
    beginDocument(doc, this.#options.random)
    const update = readUpdate(Y.encodeStateAsUpdate(doc), OWN_LIMITS)
    doc.destroy()
    const typed = { update, runs: update.blocks, sessions: new Map([[given.client, given.name]]) }
    this.#given.leave(document, given)
    return draftTyped([typed], { document, random: this.#options.random })
  }

  async list(): Promise<readonly DocumentView[]> {
    return await this.#directory.list()
  }

  async rename(asked: string, title: string): Promise<void> {
    await this.#directory.rename(asked, title)
  }

  async delete(asked: string): Promise<void> {
    await this.#directory.delete(asked)
  }

  async restore(asked: string): Promise<void> {
    await this.#directory.restore(asked)
  }

  async text(asked: string): Promise<string> {
    const { document } = await this.#directory.find(asked)
    return await this.#with(document, async (open) => textOfDocument(open.doc, open.kind))
  }

  async write(asked: string, text: string): Promise<void> {
    const { random } = this.#options
    await this.#change(asked, (doc, kind) => replaceText(doc, kind, text, random))
  }

  async append(asked: string, text: string): Promise<void> {
    const { random } = this.#options
    await this.#change(asked, (doc, kind) => appendText(doc, kind, text, random))
  }

  /** Nobody is shown half of a document while it is applied anew. */
  async #wholeAgain(): Promise<void> {
    await this.#whole.catch(() => undefined)
  }

  async #with<T>(document: DocumentId, work: (open: OpenDocument) => Promise<T>): Promise<T> {
    await this.#wholeAgain()
    const open = await this.#open.hold(document)
    try {
      return await work(open)
    } finally {
      this.#open.release(document)
    }
  }

  /** Makes a change in the open document, and brings it into the journal as if an editor had made it. */
  async #change(asked: string, change: (doc: Y.Doc, kind: DocumentKind) => void): Promise<void> {
    const { document } = await this.#directory.find(asked)
    await this.#with(document, async (open) => {
      await this.#quota.check(document)
      const given = await this.#given.give(document, this.#options.journal.incarnation)
      const changed = updateOf(open.doc, given.client, () => change(open.doc, open.kind))
      if (changed !== undefined) {
        const update = readUpdate(changed, OWN_LIMITS)
        const sessions = new Map([[given.client, given.name]])
        await this.#queue.put(document, { update, runs: update.blocks, sessions })
      }
      this.#given.leave(document, given)
    })
  }

  async open(asked: string): Promise<OpenedDocument> {
    if (this.#sessions.size >= MAX_SESSIONS) throw new TooManySessionsError(MAX_SESSIONS)
    await this.#wholeAgain()
    const { document, title } = await this.#directory.find(asked)
    const { journal, presence, random } = this.#options
    const given = await this.#given.give(document, journal.incarnation)
    const { doc, kind } = await this.#open.hold(document)
    const session = toBase64url(random.bytes(16))
    this.#sessions.set(session, { id: session, document, given, turns: new Mutex(), hasRefused: false })
    presence.join(session, { document, name: given.name, client: given.client })
    return {
      session,
      document,
      kind,
      title,
      clientId: given.client,
      state: Y.encodeStateAsUpdate(doc),
      stateVector: Y.encodeStateVector(doc),
    }
  }

  async push(id: string, bytes: Uint8Array): Promise<void> {
    const session = this.#sessionOf(id)
    try {
      // One after another into the document, but many together onto the disk.
      const { written } = await session.turns.run(() => this.#take(session, bytes))
      await written
    } catch (error) {
      session.hasRefused = true
      throw error
    }
  }

  /** Applies what is new to the open document; `written` resolves once it is on the disk. */
  async #take({ document, id }: Session, bytes: Uint8Array): Promise<{ readonly written: Promise<void> }> {
    return await this.#with(document, async (open) => {
      await this.#quota.check(document)
      const read = await readTyped(bytes, (client) => this.#given.sessionOf(document, client))
      // From here on nothing is awaited: the document must not change between the check and what follows it.
      this.#sessionOf(id)
      const typed = newInTyped(open, read)
      if (typed !== undefined && applyGuarded(open.doc, typed.update, typed.runs, id) > 0) {
        this.#endAll(document, 'What an editor sent could not be taken as it was.')
        this.#open.drop(document)
        throw new UpdateRefusedError('part of it is nothing that an editor makes')
      }
      const written = this.#queue.put(document, typed)
      // Its failure is the caller's, who awaits it a moment later.
      written.catch(() => undefined)
      return { written }
    })
  }

  async missing(id: string, stateVector: Uint8Array): Promise<Uint8Array> {
    const { document } = this.#sessionOf(id)
    return await this.#with(document, async ({ doc }) => {
      try {
        return Y.encodeStateAsUpdate(doc, checkStateVector(stateVector))
      } catch (error) {
        throw new UpdateRefusedError('its state vector can’t be read', { cause: error })
      }
    })
  }

  async setPresence(id: string, state: Uint8Array): Promise<void> {
    this.#sessionOf(id)
    this.#options.presence.tell(id, state)
    await Promise.resolve()
  }

  async close(id: string, options: { readonly lost?: boolean } = {}): Promise<void> {
    const session = this.#sessions.get(id)
    if (session === undefined) return
    this.#end(id)
    await this.#queue.flush(session.document)
    if (options.lost !== true && !session.hasRefused) this.#given.leave(session.document, session.given)
  }

  #sessionOf(id: string): Session {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new SessionNotFoundError()
    return session
  }

  #end(id: string): void {
    const session = this.#sessions.get(id)
    if (session === undefined) return
    this.#sessions.delete(id)
    this.#options.presence.leave(id)
    this.#open.release(session.document)
  }

  /** What changed in an open document goes to every editor but the one that did it. */
  #spread(document: DocumentId, update: Uint8Array, origin: unknown): void {
    for (const { document: other, id } of this.#sessions.values()) {
      if (other === document && id !== origin) this.events.emit('document:updated', { session: id, document, update })
    }
  }

  async #endDeleted(documents: readonly DocumentId[]): Promise<void> {
    const open = new Set([...this.#sessions.values()].map(({ document }) => document))
    for (const document of documents) {
      if (!open.has(document)) continue
      if (await this.#directory.isDeleted(document)) this.#endAll(document, 'The document was deleted.')
    }
  }

  #endAll(document: DocumentId, reason: string): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.document !== document) continue
      this.#end(session.id)
      this.events.emit('document:reset', { session: session.id, document, reason })
    }
  }

  /** Where this device may not write any more, what it did not write is no part of the document. */
  #notWritten(document: DocumentId, error: unknown): never {
    if (codeOf(error) === 'NOT_ALLOWED_TO_WRITE') {
      this.#queue.refuse(error, document)
      this.#endAll(document, messageOf(error))
      this.#open.drop(document)
    }
    throw error
  }

  /** What counts has changed: editors end at once, and begin anew when documents are built anew. */
  async #resetAll(): Promise<void> {
    const before = [...this.#sessions.values()]
    for (const { id } of before) this.#end(id)
    this.#queue.refuse(new DocumentRebuiltError())
    this.#open.dropAll()
    await this.#options.journal.settled()
    for (const { document, id } of before) {
      this.events.emit('document:reset', { session: id, document, reason: JUDGED_ANEW })
    }
  }
}

const MAX_STATE_VECTOR_BYTES = 1024 * 1024

function checkStateVector(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_STATE_VECTOR_BYTES) throw new RangeError('too long')
  Y.decodeStateVector(bytes)
  return bytes
}
