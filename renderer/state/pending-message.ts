/** A message on its way to the peer's disk. */
export interface PendingMessage {
  readonly key: string
  readonly text: string
  readonly replyTo: string | null
  /** Wall time in milliseconds. */
  readonly at: number
  readonly state: { readonly kind: 'saving' } | { readonly kind: 'failed'; readonly reason: string }
}
