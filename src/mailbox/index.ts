/**
 * Envelopes for those who are away: sealed, padded, and held by machines that can't tell whom they are for. Carries
 * opaque bytes. Rules in SPEC.md.
 */
export type { MailboxLimits } from './constants.ts'
export { COPIES, DEFAULT_LIMITS, LIFETIME_MS, MAX_CONTENT_BYTES, MAX_EXCLUDED, MAX_NAME_BYTES } from './constants.ts'
export { createMailbox } from './create-mailbox.ts'
export type { Machine, Mailbox, MailboxEvents, MailboxOptions, Parcel } from './mailbox.ts'
