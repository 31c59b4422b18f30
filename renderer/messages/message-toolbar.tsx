import { notifications } from '@mantine/notifications'
import { IconArrowBackUp, IconCopy, IconDevices, IconMoodSmile, IconPencil, IconTrash } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import { BarredIcon } from '../shared/barred-icon.tsx'
import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { EmojiPopover } from './emoji-popover.tsx'
import { useMessageActions } from './message-context.ts'
import classes from './message-toolbar.module.css'
import { useReact } from './use-react.ts'
import { WhoHasIt } from './who-has-it.tsx'

interface MessageToolbarProps {
  readonly message: Message
  /** Something of it is open: it must stay though the pointer has left. */
  readonly onHold: (held: boolean) => void
}

export function MessageToolbar({ message, onHold }: MessageToolbarProps) {
  const model = useModel()
  const { bar, onReply, onEdit } = useMessageActions()
  const react = useReact(message)
  const [opened, setOpened] = useState<'emoji' | 'who' | 'delete' | null>(null)
  useEffect(() => onHold(opened !== null), [opened, onHold])
  useEffect(() => () => onHold(false), [onHold])
  const close = (): void => setOpened(null)
  const copy = (): void => {
    navigator.clipboard.writeText(message.text).then(
      () => notifications.show({ message: t.common.copied, autoClose: 1500 }),
      () => undefined,
    )
  }

  return (
    <div className={classes['bar']} role="toolbar" aria-label={t.messages.actions}>
      <EmojiPopover
        opened={opened === 'emoji'}
        onClose={close}
        onPick={(emoji) => react(emoji)}
        target={
          <Tool
            icon={IconMoodSmile}
            label={t.messages.react}
            bar={bar}
            onClick={() => setOpened(opened === 'emoji' ? null : 'emoji')}
          />
        }
      />
      <Tool icon={IconArrowBackUp} label={t.messages.reply} bar={bar} onClick={() => onReply(message)} />
      {message.own ? (
        <Tool icon={IconPencil} label={t.messages.edit} bar={bar} onClick={() => onEdit(message.id)} />
      ) : null}
      <Tool icon={IconCopy} label={t.messages.copyText} onClick={copy} />
      <WhoHasIt
        message={message}
        opened={opened === 'who'}
        onClose={close}
        target={
          <Tool icon={IconDevices} label={t.messages.who} onClick={() => setOpened(opened === 'who' ? null : 'who')} />
        }
      />
      {message.own ? (
        <Tool icon={IconTrash} label={t.messages.delete} bar={bar} onClick={() => setOpened('delete')} />
      ) : null}
      {opened === 'delete' ? (
        <ConfirmDialog
          title={t.messages.deleteTitle}
          text={t.messages.deleteText}
          confirm={t.common.delete}
          onClose={close}
          onConfirm={async () => {
            await model.call('message.delete', { message: message.id })
          }}
        />
      ) : null}
    </div>
  )
}

interface ToolProps {
  readonly icon: TablerIcon
  readonly label: string
  /** Why it can't be done now. */
  readonly bar?: string | null
  readonly onClick: () => void
}

function Tool({ icon: Icon, label, bar = null, onClick }: ToolProps) {
  return (
    <BarredIcon size={30} label={label} bar={bar} onClick={onClick}>
      <Icon size={17} stroke={1.75} />
    </BarredIcon>
  )
}
