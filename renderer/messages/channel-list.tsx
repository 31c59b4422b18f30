import { VisuallyHidden } from '@mantine/core'
import { IconHash, IconPlus } from '@tabler/icons-react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { openDialog } from '../frame/dialog-state.ts'
import { hrefOf } from '../route/route.ts'
import { BarredIcon } from '../shared/barred-icon.tsx'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import classes from './channel-list.module.css'
import { unreadText } from './unread-text.ts'

interface ChannelListProps {
  readonly channels: readonly ChannelSummary[]
  readonly current: string | null
}

export function ChannelList({ channels, current }: ChannelListProps) {
  return (
    <nav className={classes['pane']} aria-label={t.messages.channels}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>{t.messages.channels}</h2>
        <BarredIcon
          size={32}
          label={t.messages.newChannel}
          bar={useWriteBar()}
          onClick={() => openDialog('new-channel')}
        >
          <IconPlus size={18} />
        </BarredIcon>
      </header>
      <ul className={classes['list']}>
        {channels.map((channel) => (
          <li key={channel.id}>
            <a
              className={classes['item']}
              href={hrefOf({ page: 'messages', channel: channel.id })}
              aria-current={channel.id === current ? 'page' : undefined}
              data-unread={channel.unread > 0 || undefined}
            >
              <IconHash size={16} aria-hidden="true" className={classes['hash']} />
              <span className={classes['name']}>{channel.name}</span>
              {channel.unread > 0 && channel.id !== current ? (
                <span className={classes['count']}>
                  {unreadText(channel.unread)}
                  <VisuallyHidden> {t.nav.unread(channel.unread)}</VisuallyHidden>
                </span>
              ) : null}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
