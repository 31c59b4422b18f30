import type { Emitter } from '../base/emitter.ts'
import type { DeviceId, DocumentId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import type { DocumentKind } from './document-ids.ts'

/** A document as lists show it. */
export interface DocumentView {
  readonly id: DocumentId
  readonly title: string
  readonly kind: DocumentKind
  /** Its author's wall time in milliseconds. */
  readonly createdAt: number
  readonly createdBy: DeviceId
  /** Wall time of whoever changed it last (in the order of entries, not of clocks). */
  readonly changedAt: number
  readonly changedBy: DeviceId
  /** Devices that have it open now, as far as this one has it open too. */
  readonly present: readonly DeviceId[]
}

/** What an editor begins with. */
export interface OpenedDocument {
  /** Names the session in the calls that follow. */
  readonly session: string
  readonly document: DocumentId
  readonly kind: DocumentKind
  readonly title: string
  /**
   * The Yjs client id that this editor must set before anything is typed, and after `state` is applied: that may hold
   * what an earlier editor wrote under it, and Yjs would draw another one.
   */
  readonly clientId: number
  /** Everything so far, as a Yjs v1 update. */
  readonly state: Uint8Array
  /** What `state` holds: with it the editor finds what the peer lacks. */
  readonly stateVector: Uint8Array
}

/** Facts about sessions carry the session that they are for: whoever holds it passes them to its editor. */
export interface DocumentsEvents {
  /** Titles, deletions, or who changed what last. */
  readonly 'documents:changed': Record<string, never>
  /** A Yjs v1 update that was made elsewhere. */
  readonly 'document:updated': { readonly session: string; readonly document: DocumentId; readonly update: Uint8Array }
  /** Others' names and cursors, in the encoding of y-protocols/awareness. */
  readonly 'document:presence': { readonly session: string; readonly document: DocumentId; readonly state: Uint8Array }
  /** The session is over and its editor has to open the document anew. */
  readonly 'document:reset': { readonly session: string; readonly document: DocumentId; readonly reason: string }
}

/** Documents as people, editors and programs use them. */
export interface Documents extends Startable {
  readonly events: Emitter<DocumentsEvents>
  /** @throws DocumentTitleError */
  create(options: { readonly title: string; readonly kind: DocumentKind }): Promise<{ readonly id: DocumentId }>
  /** The latest changed first; deleted ones left out. */
  list(): Promise<readonly DocumentView[]>
  /** @throws DocumentNotFoundError, DocumentTitleError */
  rename(document: string, title: string): Promise<void>
  /** @throws DocumentNotFoundError */
  delete(document: string): Promise<void>
  /** Undoes a deletion. @throws DocumentNotFoundError */
  restore(document: string): Promise<void>
  /** The text of plain documents as it is; of rich ones as Markdown. @throws DocumentNotFoundError */
  text(document: string): Promise<string>
  /** Replaces the text by a small difference, so that what others write at the same time stays. */
  write(document: string, text: string): Promise<void>
  /** Puts text at the end, as it is; in rich text as blocks of its own. */
  append(document: string, text: string): Promise<void>
  /**
   * Begins an editor session. The client id that it gives stays known to this peer, so that what an editor could not
   * hand over before it lost its session can be pushed through a later one.
   * @throws DocumentNotFoundError, TooManySessionsError
   */
  open(document: string): Promise<OpenedDocument>
  /**
   * Takes what was typed in this session (or could not be pushed through an earlier one of this device), and resolves
   * once it is on this disk for good. What is known already is skipped: an editor may push everything it has.
   * @throws SessionNotFoundError, UpdateRefusedError, DocumentFullError
   */
  push(session: string, update: Uint8Array): Promise<void>
  /** What the peer has and the editor with this state vector lacks, as a Yjs v1 update. */
  missing(session: string, stateVector: Uint8Array): Promise<Uint8Array>
  /** The editor's own name and cursor, as y-protocols/awareness encodes them. @throws SessionNotFoundError, UpdateRefusedError */
  setPresence(session: string, state: Uint8Array): Promise<void>
  /**
   * Ends a session; resolves once all that was pushed through it is on disk. Closing twice does nothing.
   * `lost`: not its editor ended it, but the way to it broke off. Then its client id is never given out again.
   */
  close(session: string, options?: { readonly lost?: boolean }): Promise<void>
}
