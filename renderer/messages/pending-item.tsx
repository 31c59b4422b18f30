import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'

import { Avatar } from '../shared/avatar.tsx'
import type { ChannelLog } from '../state/channel-log.ts'
import { useStatus } from '../state/model-context.ts'
import type { PendingMessage } from '../state/pending-message.ts'
import { t } from '../strings/index.ts'
import { Markdown } from './markdown.tsx'
import { useAuthorColour } from './use-author-colour.ts'
import group from './message-group.module.css'
import classes from './pending-item.module.css'

const SAID = { saving: t.messages.saving, waiting: t.messages.waiting, failed: t.messages.failed } as const

/** A message that the peer has not acknowledged yet: shown at once, marked until it is on disk. */
export function PendingItem({ message, log }: { readonly message: PendingMessage; readonly log: ChannelLog }) {
  const status = useStatus()
  const colourOf = useAuthorColour()
  const { state } = message
  const author = status?.swarm?.personName || status?.name || ''
  return (
    <div className={group['group']}>
      <div className={group['avatar']}>
        <Avatar name={author} colour={colourOf(status?.deviceId ?? '')} size={36} />
      </div>
      <p className={group['head']}>
        <span className={group['author']}>{author}</span>
        <span className={group['you']}>{t.messages.you}</span>
        <span className={group['at']}>{SAID[state.kind]}</span>
      </p>
      <div className={classes['text']} data-state={state.kind}>
        <Markdown text={message.text} />
      </div>
      {state.kind === 'failed' ? (
        <div className={classes['failed']} role="alert">
          <IconAlertTriangle size={16} aria-hidden="true" />
          <span className={classes['reason']}>{t.messages.failedWhy(state.reason)}</span>
          <Button size="compact-xs" onClick={() => log.retry(message.key)}>
            {t.messages.retry}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => log.discard(message.key)}>
            {t.messages.discard}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
