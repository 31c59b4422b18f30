import { VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { openDialog } from '../frame/dialog-state.ts'
import { hrefOf } from '../route/route.ts'
import { BarredIcon } from '../shared/barred-icon.tsx'
import { t } from '../strings/index.ts'
import { ChannelIcon } from './channel-icon.tsx'
import { partnerOf } from './channel-label.ts'
import classes from './channel-list.module.css'
import { unreadText } from './unread-text.ts'
import { useSpeakBar } from './use-channel-bar.ts'
import { useOnlinePeople } from './use-online-people.ts'

interface ChannelListProps {
  readonly channels: readonly ChannelSummary[]
  readonly current: string | null
}

/** Channels of the swarm, private ones, and the people one talks to. */
export function ChannelList({ channels, current }: ChannelListProps) {
  const bar = useSpeakBar()
  const some = channels.filter(({ kind }) => kind === 'private')
  return (
    <nav className={classes['pane']} aria-label={t.messages.conversations}>
      <Section
        title={t.messages.channels}
        channels={channels.filter(({ kind }) => kind === 'open')}
        current={current}
        action={<Add label={t.messages.newChannel} bar={bar} onClick={() => openDialog('new-channel')} />}
      />
      {some.length === 0 ? null : <Section title={t.messages.private} channels={some} current={current} />}
      <Section
        title={t.messages.direct}
        channels={channels.filter(({ kind }) => kind === 'direct')}
        current={current}
        action={<Add label={t.messages.newDirect} bar={bar} onClick={() => openDialog('new-direct')} />}
      />
    </nav>
  )
}

interface SectionProps extends ChannelListProps {
  readonly title: string
  readonly action?: React.ReactNode
}

function Section({ title, channels, current, action }: SectionProps) {
  return (
    <section className={classes['section']}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>{title}</h2>
        {action}
      </header>
      <ul className={classes['list']} aria-label={title}>
        {channels.map((channel) => (
          <li key={channel.id}>
            <Entry channel={channel} isCurrent={channel.id === current} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Add({ label, bar, onClick }: { readonly label: string; readonly bar: string | null; onClick: () => void }) {
  return (
    <BarredIcon size={32} label={label} bar={bar} onClick={onClick}>
      <IconPlus size={18} />
    </BarredIcon>
  )
}

function Entry({ channel, isCurrent }: { readonly channel: ChannelSummary; readonly isCurrent: boolean }) {
  const partner = partnerOf(channel)
  const isHere = useOnlinePeople().has(partner?.personId ?? '')
  return (
    <a
      className={classes['item']}
      href={hrefOf({ page: 'messages', channel: channel.id })}
      aria-current={isCurrent ? 'page' : undefined}
      data-unread={channel.unread > 0 || undefined}
    >
      <span className={classes['sign']} data-here={isHere || undefined}>
        <ChannelIcon channel={channel} size={16} />
      </span>
      <span className={classes['name']} title={channel.name}>
        {channel.name}
      </span>
      {isHere ? <VisuallyHidden>{t.people.here}</VisuallyHidden> : null}
      {channel.unread > 0 && !isCurrent ? (
        <span className={classes['count']}>
          {unreadText(channel.unread)}
          <VisuallyHidden> {t.nav.unread(channel.unread)}</VisuallyHidden>
        </span>
      ) : null}
    </a>
  )
}
