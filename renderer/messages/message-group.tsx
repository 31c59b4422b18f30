import { Tooltip } from '@mantine/core'
import { IconClockExclamation } from '@tabler/icons-react'
import { memo } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import { formatClock, formatExact } from '../format/times.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { Avatar } from '../shared/avatar.tsx'
import { t } from '../strings/index.ts'
import { MessageItem } from './message-item.tsx'
import { ReplyQuote } from './reply-quote.tsx'
import { useAuthorColour } from './use-author-colour.ts'
import classes from './message-group.module.css'

/** Neighbouring messages of one author under one heading. */
export const MessageGroup = memo(function MessageGroup({ messages }: { readonly messages: readonly Message[] }) {
  const { nameOf } = useMachineNames()
  const colourOf = useAuthorColour()
  const [first] = messages
  if (first === undefined) return null
  const author = first.author === '' ? nameOf(first.deviceId) : first.author
  return (
    <div className={classes['group']} role="group" aria-label={t.messages.ariaMessage(author, formatClock(first.at))}>
      {first.replyTo === null ? null : <ReplyQuote id={first.replyTo} />}
      <div className={classes['avatar']}>
        <Avatar name={author} colour={colourOf(first.deviceId)} size={36} />
      </div>
      <p className={classes['head']}>
        <span className={classes['author']}>{author}</span>
        {first.own ? <span className={classes['you']}>{t.messages.you}</span> : null}
        <time className={classes['at']} dateTime={new Date(first.at).toISOString()} title={formatExact(first.at)}>
          {formatClock(first.at)}
        </time>
        {first.clockOff ? (
          <Tooltip label={t.messages.clockOffDetail(author)} multiline w={260}>
            <span className={classes['clockOff']}>
              <IconClockExclamation size={14} aria-hidden="true" />
              {t.messages.clockOff}
            </span>
          </Tooltip>
        ) : null}
      </p>
      <div className={classes['messages']}>
        {messages.map((message) => (
          <MessageItem key={message.id} message={message} author={author} />
        ))}
      </div>
    </div>
  )
}, sameMessages)

/** The list is made anew at each change; most groups hold the same messages as before. */
function sameMessages(
  before: { readonly messages: readonly Message[] },
  after: { readonly messages: readonly Message[] },
): boolean {
  return (
    before.messages.length === after.messages.length &&
    before.messages.every((message, index) => message === after.messages[index])
  )
}
