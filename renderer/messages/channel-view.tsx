import { IconPencilOff } from '@tabler/icons-react'
import { useCallback, useRef, useState } from 'react'

import type { ChannelSummary, Message } from '../../src/api/contract/index.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { ChannelHead } from './channel-head.tsx'
import { Composer } from './composer.tsx'
import { MessageLog } from './message-log.tsx'
import { TypingLine } from './typing-line.tsx'
import { useChannelBar } from './use-channel-bar.ts'
import classes from './channel-view.module.css'

/** One channel: what was said, and where to say something. */
export function ChannelView({ channel }: { readonly channel: ChannelSummary }) {
  const log = useModel().logs.get(channel.id)
  const { messages } = useCell(log.state)
  const typing = useCell(log.typing.names)
  const [replyTo, setReplyTo] = useState<Message | null>(null)
  const [editing, setEditing] = useState<string | null>(null)
  const bar = useChannelBar(channel)
  const composer = useRef<HTMLTextAreaElement>(null)
  const focusComposer = useCallback(() => composer.current?.focus(), [])
  const reply = useCallback(
    (message: Message) => {
      setReplyTo(message)
      focusComposer()
    },
    [focusComposer],
  )
  const edit = useCallback(
    (id: string | null) => {
      setEditing(id)
      if (id === null) focusComposer()
    },
    [focusComposer],
  )
  const editLast = useCallback(() => {
    const last = (messages ?? []).findLast((message) => message.own)
    if (last !== undefined && bar === null) setEditing(last.id)
  }, [messages, bar])

  return (
    <div className={classes['view']}>
      <ChannelHead channel={channel} />
      <MessageLog channel={channel} log={log} bar={bar} editing={editing} onReply={reply} onEdit={edit} />
      <div className={classes['foot']}>
        {bar === null ? (
          <Composer
            ref={composer}
            channel={channel}
            log={log}
            replyTo={replyTo}
            onReplyEnd={() => setReplyTo(null)}
            onEditLast={editLast}
          />
        ) : (
          <p className={classes['bar']} role="status">
            <IconPencilOff size={18} aria-hidden="true" />
            <span>{bar}</span>
          </p>
        )}
        <TypingLine names={typing} mayWrite={bar === null} />
      </div>
    </div>
  )
}
