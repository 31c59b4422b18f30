/**
 * Shared documents: text and rich text as Yjs documents, built from the journals' entries and checked before Yjs sees
 * anything; editor sessions, compaction, presence. Rules in SPEC.md.
 */
export type { DocumentKind } from './document-ids.ts'
export type { DocumentsOptions } from './document-service.ts'
export { createDocuments } from './document-service.ts'
export type { Documents, DocumentsEvents, DocumentView, OpenedDocument } from './documents.ts'
export type { DocumentsProjectionOptions } from './documents-projection.ts'
export { DocumentsProjection } from './documents-projection.ts'
export {
  DocumentDeletedError,
  DocumentFullError,
  DocumentNotFoundError,
  DocumentTitleError,
  PresenceRefusedError,
  SessionNotFoundError,
  TooManySessionsError,
  UpdateRefusedError,
} from './errors.ts'
export type { EphemeralPort, PeersPort, Presence, PresenceOptions } from './presence.ts'
export { createPresence } from './presence.ts'
