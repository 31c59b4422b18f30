import { Button } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'

import type { ChannelSummary, Message } from '../../src/api/contract/index.ts'
import { ConversationScene } from '../brand/scenes.tsx'
import { EmptyState } from '../shared/empty-state.tsx'
import { useCell } from '../state/cell.ts'
import type { ChannelLog } from '../state/channel-log.ts'
import { t } from '../strings/index.ts'
import { channelLabel } from './channel-label.ts'
import { firstUnreadOf, itemsOf } from './grouping.ts'
import { LogItems } from './log-items.tsx'
import type { MessageActions } from './message-context.ts'
import { MessageActionsContext } from './message-context.ts'
import { PendingItem } from './pending-item.tsx'
import { useLogScroll } from './use-log-scroll.ts'
import { usePersonOf } from './use-person-of.ts'
import { useRovingFocus } from './use-roving-focus.ts'
import classes from './message-log.module.css'

interface MessageLogProps {
  readonly channel: ChannelSummary
  readonly log: ChannelLog
  /** Why nothing can be written here. */
  readonly bar: string | null
  readonly editing: string | null
  readonly onReply: (message: Message) => void
  readonly onEdit: (id: string | null) => void
}

/** What was said, oldest first; older pages come when one scrolls up to them. */
export function MessageLog({ channel, log, bar, editing, onReply, onEdit }: MessageLogProps) {
  const state = useCell(log.state)
  const pending = useCell(log.pending)
  const messages = useMemo(() => state.messages ?? [], [state.messages])
  const firstUnread = useFirstUnread(channel, state.messages)
  const personOf = usePersonOf()
  const items = useMemo(() => itemsOf(messages, firstUnread, personOf), [messages, firstUnread, personOf])
  const scroller = useRef<HTMLDivElement>(null)
  const scroll = useLogScroll({ scroller, log, messages, pending: pending.length })
  const onKeyDown = useRovingFocus(scroller)
  // Must not change with every message: each one shown depends on it.
  const actions = useMemo<MessageActions>(
    () => ({
      isOpen: channel.kind === 'open',
      bar,
      editing,
      onReply,
      onEdit,
      find: (id) => log.state.value.messages?.find((message) => message.id === id),
    }),
    [channel.kind, bar, editing, onReply, onEdit, log],
  )
  const label = channelLabel(channel)
  const beginning = channel.kind === 'direct' ? t.messages.beginningDirect(label) : t.messages.beginning(label)
  const empty = state.messages !== null && messages.length === 0 && pending.length === 0

  return (
    <div className={classes['frame']}>
      {/* The keys move among the messages inside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className={classes['scroller']}
        ref={scroller}
        role="region"
        aria-label={t.messages.list(label)}
        // One stop for Tab; arrows go on from here.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
      >
        <MessageActionsContext value={actions}>
          <div className={classes['log']}>
            <p className={classes['top']}>
              {state.more ? (state.loadingOlder ? t.messages.older : '') : empty ? '' : beginning}
            </p>
            {empty ? (
              <EmptyState
                picture={<ConversationScene />}
                title={t.messages.empty}
                text={channel.kind === 'direct' ? t.messages.emptyDirect(label) : t.messages.emptyHint(label)}
              />
            ) : null}
            <LogItems items={items} />
            {pending.map((message) => (
              <PendingItem key={message.key} message={message} log={log} />
            ))}
            {state.error === null ? null : (
              <p role="alert" className={classes['error']}>
                {state.error}
              </p>
            )}
          </div>
        </MessageActionsContext>
      </div>
      {scroll.away ? (
        <Button
          className={classes['jump'] ?? ''}
          size="compact-md"
          radius="xl"
          rightSection={<IconArrowDown size={16} />}
          onClick={scroll.toEnd}
        >
          {scroll.unseen > 0 ? t.messages.jumpToNew(scroll.unseen) : t.messages.jumpToEnd}
        </Button>
      ) : null}
    </div>
  )
}

/** Where what is new began when the channel was opened; stays there until it is opened again. */
function useFirstUnread(channel: ChannelSummary, messages: readonly Message[] | null): string | null {
  const [unread] = useState(channel.unread)
  const [first, setFirst] = useState<string | null | undefined>(undefined)
  if (first === undefined && messages !== null) {
    const found = firstUnreadOf(messages, unread)
    setFirst(found)
    return found
  }
  return first ?? null
}
