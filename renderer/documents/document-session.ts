import * as Y from 'yjs'

import type { ApiClient } from '../../src/api/client/index.ts'
import type { DocumentSession as OpenedSession } from '../../src/api/contract/index.ts'
import { codeOfError, isPeerGone, messageOfError } from '../connection/api.ts'
import { Cell } from '../state/cell.ts'
import type { PeerCalls } from '../state/peer-calls.ts'
import { layGround } from './empty-rich.ts'
import { PresenceLink } from './presence-link.ts'
import { clientsOf, fits, salvage } from './salvage.ts'
import type { EditorUser, SaveState, SessionState } from './session-state.ts'
import { unsavedStore } from './unsaved-store.ts'
import { UnsavedUpdates } from './unsaved-updates.ts'

/** The origin of transactions that came from the peer, which must not go back to it. */
const FROM_PEER = 'peer'
/** Codes by which a peer says that there is no such document (any more). */
const GONE_CODES = new Set(['DOCUMENT_NOT_FOUND', 'DOCUMENT_DELETED', 'NOT_FOUND', 'UNKNOWN_DOCUMENT'])

interface Live {
  readonly client: ApiClient
  readonly session: string
}

interface Typed {
  /** The document as this editor had it. */
  readonly before: Y.Doc | null
  readonly clients: ReadonlySet<number>
  /** What the peer had not acknowledged. */
  readonly typed: Uint8Array | null
}

/** What was typed here comes into the document that was built anew: as it is, or as text where it has lost its ground. */
function offerAgain(doc: Y.Doc, { before, clients, typed }: Typed): void {
  if (typed !== null && (before === null || fits(doc, typed))) Y.applyUpdate(doc, typed, 'kept')
  if (before !== null) doc.transact(() => salvage(before, doc, clients), 'kept')
}

/**
 * One open editor on one document. Holds the Y.Doc across losses of the peer: what was typed meanwhile
 * is pushed when it is back. Made anew (another generation) only when the peer says that the document was rebuilt.
 */
export class DocumentSession {
  readonly state = new Cell<SessionState>({ kind: 'opening' })
  readonly save = new Cell<SaveState>({ kind: 'saved' })
  /** How often the document was rebuilt under the editor, and why at last. */
  readonly resets = new Cell<{ readonly count: number; readonly reason: string }>({ count: 0, reason: '' })
  readonly #document: string
  readonly #user: EditorUser
  readonly #unsaved = new UnsavedUpdates()
  readonly #detach: () => void
  readonly #onPageHide = (): void => this.#keep()
  /** The numbers under which this editor wrote. */
  readonly #clients = new Set<number>()
  #doc: Y.Doc | null = null
  #presence: PresenceLink | null = null
  #live: Live | null = null
  #generation = 0
  #disposed = false

  constructor(peer: PeerCalls, document: string, user: EditorUser) {
    this.#document = document
    this.#user = user
    window.addEventListener('pagehide', this.#onPageHide)
    this.#detach = peer.attach((client) => this.#attach(client))
  }

  /** There is something that the peer has not acknowledged. */
  get unsaved(): boolean {
    return this.#unsaved.size > 0
  }

  /** Tries once more what the peer refused. */
  pushAgain(): void {
    this.save.set({ kind: 'saving' })
    void this.#push()
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    window.removeEventListener('pagehide', this.#onPageHide)
    this.#keep()
    this.#presence?.dispose()
    if (this.#live !== null) this.#close(this.#live)
    this.#detach()
    this.#doc?.destroy()
  }

  /** The last words go out before the session ends: calls travel in order. */
  #close({ client, session }: Live): void {
    const update = this.#unsaved.merged()
    if (update !== null) {
      const forget = (): void => void unsavedStore.take(this.#document)
      client.call('document.push', { session, update }).then(forget, () => undefined)
    }
    client.call('document.close', { session }).catch(() => undefined)
  }

  #attach(client: ApiClient): () => void {
    /** Events can overtake the answer that names the session. */
    const early: { readonly session: string; readonly handle: () => void }[] = []
    const forSession = (session: string, handle: () => void): void => {
      if (this.#live?.client !== client) early.push({ session, handle })
      else if (this.#live.session === session) handle()
    }
    const subscriptions = [
      client.on('document:updated', ({ session, update }) => forSession(session, () => this.#apply(update))),
      client.on('document:presence', ({ session, state }) => forSession(session, () => this.#presence?.receive(state))),
      client.on('document:reset', ({ session, reason }) => forSession(session, () => void this.#reset(client, reason))),
    ]
    void this.#open(client).then(() => {
      for (const { session, handle } of early.splice(0)) if (this.#live?.session === session) handle()
    })
    return () => {
      for (const subscription of subscriptions) subscription.dispose()
      this.#live = null
      this.#showSave()
    }
  }

  async #open(client: ApiClient): Promise<void> {
    try {
      const opened = await client.call('document.open', { document: this.#document })
      if (this.#disposed || client.closed.aborted) {
        if (!client.closed.aborted) client.call('document.close', { session: opened.session }).catch(() => undefined)
        return
      }
      this.#live = { client, session: opened.session }
      this.#clients.add(opened.clientId)
      if (this.#doc === null) this.#begin(opened)
      else this.#resume(this.#doc, opened)
      void this.#push()
    } catch (error) {
      if (isPeerGone(error) || this.#disposed) return
      this.state.set(
        GONE_CODES.has(codeOfError(error)) ? { kind: 'gone' } : { kind: 'failed', reason: messageOfError(error) },
      )
    }
  }

  #begin(opened: OpenedSession): void {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, opened.state, FROM_PEER)
    // Before anything is typed, since the peer takes only what bears this number; and after the state came in, which may
    // hold what an earlier editor wrote under it: Yjs would draw another one.
    doc.clientID = opened.clientId
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_PEER) this.#typed(update)
    })
    this.#doc = doc
    this.#presence = new PresenceLink(doc, this.#user, (state) => this.#sendPresence(state))
    this.#generation++
    const kept = unsavedStore.take(this.#document)
    if (kept !== null) Y.applyUpdate(doc, kept, 'kept')
    if (opened.kind === 'rich') layGround(doc)
    this.state.set({
      kind: 'open',
      documentKind: opened.kind,
      doc,
      awareness: this.#presence.awareness,
      generation: this.#generation,
    })
  }

  /** The peer is back: what it has comes in, what it lacks goes out, and the editor does not notice. */
  #resume(doc: Y.Doc, opened: OpenedSession): void {
    doc.clientID = opened.clientId
    this.#receive(doc, opened.state)
    this.#presence?.rename(opened.clientId)
    this.#showSave()
  }

  /** What counts in the document has changed, so that its history was built anew; or it was deleted. */
  async #reset(client: ApiClient, reason: string): Promise<void> {
    this.#live = null
    const typed = this.#unsaved.merged()
    const clients = new Set([...this.#clients, ...(typed === null ? [] : clientsOf(typed))])
    this.#unsaved.clear()
    this.#presence?.dispose()
    this.#presence = null
    const before = this.#doc
    this.#doc = null
    await this.#open(client)
    if (this.#doc !== null) offerAgain(this.#doc, { before, clients, typed })
    else if (typed !== null) unsavedStore.save(this.#document, typed)
    before?.destroy()
    if (this.#doc !== null) this.resets.update(({ count }) => ({ count: count + 1, reason }))
  }

  #apply(update: Uint8Array): void {
    if (this.#doc !== null) this.#receive(this.#doc, update)
  }

  /**
   * Takes in what the peer has. The editor may put the document in order while it comes in (one-group.ts): that is this
   * editor's own doing, in the same transaction, and goes back to the peer. Yjs takes it for another editor that bears the
   * same client id and draws a new one, which the peer would refuse; so the id is put back.
   */
  #receive(doc: Y.Doc, update: Uint8Array): void {
    const client = doc.clientID
    const before = Y.encodeStateVector(doc)
    const clock = Y.getState(doc.store, client)
    Y.applyUpdate(doc, update, FROM_PEER)
    doc.clientID = client
    if (Y.getState(doc.store, client) > clock) this.#typed(Y.encodeStateAsUpdate(doc, before))
  }

  #typed(update: Uint8Array): void {
    this.#unsaved.add(update)
    this.#showSave()
    void this.#push()
  }

  async #push(): Promise<void> {
    const live = this.#live
    if (live === null || this.#unsaved.size === 0) return
    const { client, session } = live
    const outcome = await this.#unsaved.push((update) => client.call('document.push', { session, update }))
    if (typeof outcome === 'object') this.save.set({ kind: 'refused', reason: outcome.refused })
    else this.#showSave()
  }

  #showSave(): void {
    const kind = this.#unsaved.size === 0 ? 'saved' : this.#live === null ? 'offline' : 'saving'
    if (this.save.value.kind !== kind) this.save.set({ kind })
  }

  #sendPresence(state: Uint8Array): void {
    const live = this.#live
    if (live !== null) live.client.call('document.presence', { session: live.session, state }).catch(() => undefined)
  }

  #keep(): void {
    const update = this.#unsaved.merged()
    if (update !== null) unsavedStore.save(this.#document, update)
  }
}
