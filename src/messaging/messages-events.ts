import type { ChannelId, MessageId } from '../base/ids.ts'

export interface MessagesEvents {
  /**
   * A message came (`isNew`) or changed, by an edit or a reaction. One event each, also while many are caught up:
   * listeners that read the message do so in their own time, and find nothing where it has been deleted since.
   */
  readonly 'message:changed': { readonly channel: ChannelId; readonly message: MessageId; readonly isNew: boolean }
  readonly 'message:deleted': { readonly channel: ChannelId; readonly message: MessageId }
  /** What counts was judged anew: messages may be gone, changed or back, in any channel. */
  readonly 'messages:rebuilt': Record<string, never>
  /** Channels were made, renamed or deleted. */
  readonly 'channels:changed': Record<string, never>
}
