import { useCallback } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import { showFailure } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'

/** Adds one's own reaction to a message, or takes it back where it is there already. */
export function useReact(message: Message): (emoji: string) => void {
  const model = useModel()
  return useCallback(
    (emoji) => {
      const on = !message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine)
      model.call('message.react', { message: message.id, emoji, on }).catch((error: unknown) => showFailure(error))
    },
    [model, message],
  )
}
