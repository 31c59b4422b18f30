/** A message on its way to the peer's disk. */
export interface PendingMessage {
  readonly key: string
  readonly text: string
  readonly replyTo: string | null
  /** Wall time in milliseconds. */
  readonly at: number
  readonly state:
    | { readonly kind: 'saving' }
    /** Was not sent, for there is no peer; goes out as soon as it is back. */
    | { readonly kind: 'waiting' }
    /** The peer refused it, or went away and may or may not have it. */
    | { readonly kind: 'failed'; readonly reason: string }
}
