import { createContext, use } from 'react'

import type { Message } from '../../src/api/contract/index.ts'

/** What a message can ask of the channel around it. */
export interface MessageActions {
  /** For everybody of the swarm. */
  readonly isOpen: boolean
  /** Why nothing can be written here, in a sentence; null where it can. */
  readonly bar: string | null
  /** The message that is being edited. */
  readonly editing: string | null
  readonly onReply: (message: Message) => void
  readonly onEdit: (id: string | null) => void
  /** A loaded message. */
  readonly find: (id: string) => Message | undefined
}

export const MessageActionsContext = createContext<MessageActions | null>(null)

export function useMessageActions(): MessageActions {
  const actions = use(MessageActionsContext)
  if (actions === null) throw new Error('A message stands outside of its channel')
  return actions
}
