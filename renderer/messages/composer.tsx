import { ActionIcon, Textarea } from '@mantine/core'
import { IconMoodSmile, IconSend2, IconX } from '@tabler/icons-react'
import { useState } from 'react'

import type { ChannelSummary, Message } from '../../src/api/contract/index.ts'
import { BarredIcon } from '../shared/barred-icon.tsx'
import type { ChannelLog } from '../state/channel-log.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './composer.module.css'
import { channelLabel } from './channel-label.ts'
import { EmojiPopover } from './emoji-popover.tsx'
import { plainText } from './plain-text.ts'

interface ComposerProps {
  readonly ref: React.RefObject<HTMLTextAreaElement | null>
  readonly channel: ChannelSummary
  readonly log: ChannelLog
  readonly replyTo: Message | null
  readonly onReplyEnd: () => void
  readonly onEditLast: () => void
}

/** Where one writes. Enter sends, Shift+Enter makes a new line; what is not sent is kept. */
export function Composer({ ref, channel, log, replyTo, onReplyEnd, onEditLast }: ComposerProps) {
  const { drafts } = useModel()
  const [text, setText] = useState(() => drafts.get(channel.id))
  const [emoji, setEmoji] = useState(false)
  const placeholder = t.messages.placeholder(channelLabel(channel))

  const change = (value: string): void => {
    setText(value)
    drafts.set(channel.id, value)
    if (value !== '') log.tellTyping()
  }
  const send = (): void => {
    if (text.trim() === '') return
    log.send(text.trim(), replyTo?.id ?? null)
    change('')
    onReplyEnd()
  }
  const insert = (sign: string): void => {
    const area = ref.current
    const at = area?.selectionStart ?? text.length
    change(text.slice(0, at) + sign + text.slice(area?.selectionEnd ?? at))
    requestAnimationFrame(() => {
      area?.focus()
      area?.setSelectionRange(at + sign.length, at + sign.length)
    })
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && replyTo !== null) {
      onReplyEnd()
    } else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault()
      onEditLast()
    }
  }

  return (
    <div className={classes['composer']}>
      {replyTo === null ? null : (
        <div className={classes['reply']}>
          <span className={classes['replyText']}>
            <strong>{t.messages.replyTo(replyTo.author)}</strong> {plainText(replyTo.text)}
          </span>
          <ActionIcon size={24} aria-label={t.messages.cancelReply} onClick={onReplyEnd}>
            <IconX size={14} />
          </ActionIcon>
        </div>
      )}
      <div className={classes['row']}>
        <Textarea
          ref={ref}
          className={classes['area'] ?? ''}
          classNames={{ input: classes['input'] ?? '' }}
          variant="unstyled"
          aria-label={placeholder}
          placeholder={placeholder}
          value={text}
          autosize
          minRows={1}
          maxRows={10}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <EmojiPopover
          opened={emoji}
          onClose={() => setEmoji(false)}
          onPick={insert}
          target={
            <BarredIcon size={34} label={t.messages.emoji} bar={null} onClick={() => setEmoji(!emoji)}>
              <IconMoodSmile size={20} stroke={1.75} />
            </BarredIcon>
          }
        />
        <BarredIcon
          size={34}
          variant={text.trim() === '' ? 'subtle' : 'filled'}
          color={text.trim() === '' ? 'gray' : 'teal'}
          label={t.messages.send}
          bar={null}
          aria-disabled={text.trim() === ''}
          onClick={send}
        >
          <IconSend2 size={18} stroke={1.75} />
        </BarredIcon>
      </div>
    </div>
  )
}
