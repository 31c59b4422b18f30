import { Tooltip } from '@mantine/core'

import type { Message } from '../../src/api/contract/index.ts'
import { t } from '../strings/index.ts'
import classes from './reactions.module.css'
import { useMessageActions } from './message-context.ts'
import { useReact } from './use-react.ts'

/** Reactions under a message; a click adds or takes back one's own. */
export function Reactions({ message }: { readonly message: Message }) {
  const react = useReact(message)
  const { bar } = useMessageActions()
  if (message.reactions.length === 0) return null
  return (
    <div className={classes['row']}>
      {message.reactions.map(({ emoji, by, mine }) => {
        const label = t.messages.reactedBy(by, emoji)
        return (
          <Tooltip key={emoji} label={bar === null ? label : `${label}. ${bar}`} multiline maw={280}>
            <button
              type="button"
              className={classes['reaction']}
              aria-pressed={mine}
              aria-disabled={bar !== null || undefined}
              aria-label={t.messages.reactionLabel(emoji, by)}
              onClick={() => {
                if (bar === null) react(emoji)
              }}
            >
              <span>{emoji}</span> {by.length}
            </button>
          </Tooltip>
        )
      })}
    </div>
  )
}
