/**
 * The journal: what every device did in a space, as signed, hash-chained, append-only sequences that all peers hold.
 * Rules in SPEC.md. Everything people see is a projection of it.
 */
export type { Authority, CredentialsJudge } from './authority.ts'
export type { Entry, EntryReference, JournalId, JournalKind, Supersedes } from './entry-types.ts'
export { BodyTooLargeError, JournalFormatError, NotAllowedToWriteError } from './errors.ts'
export type { Draft, Excerpt, HeldJournal, Journal, JournalEvents, JournalReplicas, OwnRange } from './journal.ts'
export { MAX_BODY_BYTES } from './journal.ts'
export { spacePrefix } from './local-journal.ts'
export type { JournalOptions } from './open-journal.ts'
export { openJournal } from './open-journal.ts'
export type { Projection, RejudgedEntries } from './projection.ts'
