import { useCallback } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import { showFailure } from '../shared/use-action.ts'
import { useModel, useOwnName } from '../state/model-context.ts'

/** Adds this machine's reaction to a message, or takes it back where it is there already. */
export function useReact(message: Message): (emoji: string) => void {
  const model = useModel()
  const name = useOwnName()
  return useCallback(
    (emoji) => {
      const on = !hasReacted(message, emoji, name)
      model.call('message.react', { message: message.id, emoji, on }).catch((error: unknown) => showFailure(error))
    },
    [model, message, name],
  )
}

export function hasReacted(message: Message, emoji: string, name: string): boolean {
  return message.reactions.some((reaction) => reaction.emoji === emoji && reaction.by.includes(name))
}
