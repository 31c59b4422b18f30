import { Tooltip } from '@mantine/core'

import type { Message } from '../../src/api/contract/index.ts'
import { useOwnName } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './reactions.module.css'
import { hasReacted, useReact } from './use-react.ts'

/** Reactions under a message; a click adds or takes back one's own. */
export function Reactions({ message }: { readonly message: Message }) {
  const react = useReact(message)
  const name = useOwnName()
  if (message.reactions.length === 0) return null
  return (
    <div className={classes['row']}>
      {message.reactions.map(({ emoji, by }) => {
        const label = t.messages.reactedBy(by, emoji)
        return (
          <Tooltip key={emoji} label={label}>
            <button
              type="button"
              className={classes['reaction']}
              aria-pressed={hasReacted(message, emoji, name)}
              aria-label={t.messages.reactionLabel(emoji, by)}
              onClick={() => react(emoji)}
            >
              <span>{emoji}</span> {by.length}
            </button>
          </Tooltip>
        )
      })}
    </div>
  )
}
