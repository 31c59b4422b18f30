import { memo, useState } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import { formatClock, formatExact } from '../format/times.ts'
import { t } from '../strings/index.ts'
import { Markdown } from './markdown.tsx'
import { useMessageActions } from './message-context.ts'
import { MessageEditor } from './message-editor.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { Reactions } from './reactions.tsx'
import classes from './message-item.module.css'

interface MessageItemProps {
  readonly message: Message
  readonly author: string
}

/** One message; what can be done with it shows while the pointer or the keyboard is on it. */
export const MessageItem = memo(function MessageItem({ message, author }: MessageItemProps) {
  const { editing, onEdit } = useMessageActions()
  const [pointed, setPointed] = useState(false)
  const [focused, setFocused] = useState(false)
  const [held, setHeld] = useState(false)
  const active = pointed || focused || held
  const edits = editing === message.id
  return (
    // Pointing at it shows what its buttons do; everything is reached by keyboard too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      className={classes['item']}
      data-message={message.id}
      data-active={active || undefined}
      aria-label={t.messages.ariaMessage(author, formatClock(message.at))}
      tabIndex={-1}
      onMouseEnter={() => setPointed(true)}
      onMouseLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false)
      }}
    >
      {edits ? (
        <MessageEditor message={message} onEnd={() => onEdit(null)} />
      ) : (
        <div className={classes['text']}>
          <Markdown text={message.text} />
          {message.editedAt === null ? null : (
            <span className={classes['mark']} title={t.messages.editedAt(formatExact(message.editedAt))}>
              ({t.messages.edited})
            </span>
          )}
          {message.own && message.copies <= 1 && message.machines > 1 ? (
            <span className={classes['onlyHere']}>
              {message.waitingOn.length > 0 ? t.messages.waitingShort(message.waitingOn) : t.messages.onlyHere}
            </span>
          ) : null}
        </div>
      )}
      <Reactions message={message} />
      {active && !edits ? <MessageToolbar message={message} onHold={setHeld} /> : null}
    </article>
  )
})
