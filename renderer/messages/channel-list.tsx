import { VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { openDialog } from '../frame/dialog-state.ts'
import type { DialogName } from '../frame/dialog-state.ts'
import { hrefOf } from '../route/route.ts'
import { BarredIcon } from '../shared/barred-icon.tsx'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import { ChannelIcon } from './channel-icon.tsx'
import classes from './channel-list.module.css'
import { unreadText } from './unread-text.ts'

interface ChannelListProps {
  readonly channels: readonly ChannelSummary[]
  readonly current: string | null
}

/** Channels, and below them the people one talks to. */
export function ChannelList({ channels, current }: ChannelListProps) {
  return (
    <nav className={classes['pane']} aria-label={t.messages.channels}>
      <Section title={t.messages.channels} add={t.messages.newChannel} dialog="new-channel" current={current}>
        {channels.filter((channel) => channel.kind !== 'direct')}
      </Section>
      <Section title={t.messages.direct} add={t.messages.newDirect} dialog="new-direct" current={current}>
        {channels.filter((channel) => channel.kind === 'direct')}
      </Section>
    </nav>
  )
}

interface SectionProps {
  readonly title: string
  readonly add: string
  readonly dialog: DialogName
  readonly current: string | null
  readonly children: readonly ChannelSummary[]
}

function Section({ title, add, dialog, current, children }: SectionProps) {
  return (
    <>
      <header className={classes['head']}>
        <h2 className={classes['title']}>{title}</h2>
        <BarredIcon size={32} label={add} bar={useWriteBar()} onClick={() => openDialog(dialog)}>
          <IconPlus size={18} />
        </BarredIcon>
      </header>
      <ul className={classes['list']}>
        {children.map((channel) => (
          <li key={channel.id}>
            <a
              className={classes['item']}
              href={hrefOf({ page: 'messages', channel: channel.id })}
              aria-current={channel.id === current ? 'page' : undefined}
              data-unread={channel.unread > 0 || undefined}
            >
              <ChannelIcon channel={channel} size={16} className={classes['hash']} />
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
    </>
  )
}
