import { Group } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useEffect } from 'react'

import { ConversationScene } from '../brand/scenes.tsx'
import { openDialog } from '../frame/dialog-state.ts'
import { redirect } from '../route/route.ts'
import { BarredButton } from '../shared/barred-button.tsx'
import { EmptyState } from '../shared/empty-state.tsx'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import { ChannelList } from './channel-list.tsx'
import { ChannelView } from './channel-view.tsx'
import { lastChannel } from './last-channel.ts'
import { useOthers } from './people-select.tsx'
import { useSpeakBar } from './use-channel-bar.ts'
import classes from './messages-page.module.css'

/** Narrower than this, the list of channels and a channel are two pages. */
const NARROW = '(max-width: 719px)'

export function MessagesPage({ channelId }: { readonly channelId: string | null }) {
  const channels = useCell(useModel().channels)
  const bar = useWriteBar()
  const speakBar = useSpeakBar()
  const others = useOthers()
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false })
  const channel = channels?.find((candidate) => candidate.id === channelId)
  const fallback = channels?.find((candidate) => candidate.id === lastChannel.get())?.id ?? channels?.[0]?.id
  useEffect(() => {
    if (channelId === null && !narrow && fallback !== undefined) redirect({ page: 'messages', channel: fallback })
  }, [channelId, narrow, fallback])
  useEffect(() => {
    if (channel !== undefined) lastChannel.set(channel.id)
  }, [channel])

  if (channels === null) return null
  if (channels.length === 0) {
    return (
      <EmptyState
        picture={<ConversationScene />}
        title={t.messages.noChannelsTitle}
        text={t.messages.noChannels}
        action={
          <Group gap="xs" justify="center">
            <BarredButton bar={bar} leftSection={<IconPlus size={16} />} onClick={() => openDialog('new-channel')}>
              {t.messages.createChannel}
            </BarredButton>
            {others.length === 0 ? null : (
              <BarredButton variant="default" bar={speakBar} onClick={() => openDialog('new-direct')}>
                {t.messages.newDirect}
              </BarredButton>
            )}
          </Group>
        }
      />
    )
  }
  return (
    <div className={classes['page']} data-channel={channelId === null ? undefined : true}>
      <ChannelList channels={channels} current={channelId} />
      <div className={classes['channel']}>
        {channel === undefined ? (
          <p className={classes['none']}>{channelId === null ? t.messages.pick : t.messages.gone}</p>
        ) : (
          <ChannelView key={channel.id} channel={channel} />
        )}
      </div>
    </div>
  )
}
