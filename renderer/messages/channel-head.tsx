import { ActionIcon, Menu } from '@mantine/core'
import { IconArrowLeft, IconDots, IconDoorExit, IconPencil, IconTrash, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { hrefOf, redirect } from '../route/route.ts'
import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { NameDialog } from '../shared/name-dialog.tsx'
import { useCell } from '../state/cell.ts'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './channel-head.module.css'
import { ChannelIcon } from './channel-icon.tsx'
import { channelLabel } from './channel-label.ts'
import { ChannelPeopleDialog } from './channel-people-dialog.tsx'
import { readersText } from './readers.ts'
import { useChannelBar } from './use-channel-bar.ts'

export function ChannelHead({ channel }: { readonly channel: ChannelSummary }) {
  const model = useModel()
  const [dialog, setDialog] = useState<'rename' | 'delete' | 'people' | 'leave' | null>(null)
  const bar = useChannelBar(channel)
  const close = (): void => setDialog(null)
  return (
    <header className={classes['head']}>
      <ActionIcon
        component="a"
        href={hrefOf({ page: 'messages', channel: null })}
        className={classes['back'] ?? ''}
        size={36}
        aria-label={t.messages.back}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <div className={classes['titles']}>
        <h2 className={classes['name']}>
          <ChannelIcon channel={channel} size={18} className={classes['hash']} />
          <span>{channel.name}</span>
        </h2>
        <ForWhom channel={channel} />
      </div>
      {channel.kind === 'direct' ? null : (
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <ActionIcon size={34} aria-label={t.messages.channelMenu(channelLabel(channel))}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {bar === null ? null : <Menu.Label>{bar}</Menu.Label>}
            {channel.kind === 'private' ? (
              <Menu.Item leftSection={<IconUsers size={16} />} onClick={() => setDialog('people')}>
                {t.messages.peopleItem(channel.may)}
              </Menu.Item>
            ) : null}
            <Menu.Item
              disabled={bar !== null}
              leftSection={<IconPencil size={16} />}
              onClick={() => setDialog('rename')}
            >
              {t.messages.renameChannel}
            </Menu.Item>
            {channel.may.leave ? (
              <Menu.Item leftSection={<IconDoorExit size={16} />} onClick={() => setDialog('leave')}>
                {t.messages.leave}
              </Menu.Item>
            ) : null}
            {channel.kind === 'open' ? (
              <Menu.Item
                disabled={bar !== null}
                leftSection={<IconTrash size={16} />}
                onClick={() => setDialog('delete')}
              >
                {t.messages.deleteChannel}
              </Menu.Item>
            ) : null}
          </Menu.Dropdown>
        </Menu>
      )}
      {dialog === 'people' ? <ChannelPeopleDialog channel={channel} onClose={close} /> : null}
      {dialog === 'leave' ? (
        <ConfirmDialog
          title={t.messages.leaveTitle(channel.name)}
          text={t.messages.leaveText}
          confirm={t.messages.leaveYes}
          onClose={close}
          onConfirm={async () => {
            await model.call('channel.leave', { channel: channel.id })
            redirect({ page: 'messages', channel: null })
          }}
        />
      ) : null}
      {dialog === 'rename' ? (
        <NameDialog
          title={t.messages.renameChannel.replace('…', '')}
          label={t.messages.channelName}
          initial={channel.name}
          confirm={t.common.rename}
          onClose={close}
          onConfirm={async (name) => {
            await model.call('channel.rename', { channel: channel.id, name })
          }}
        />
      ) : null}
      {dialog === 'delete' ? (
        <ConfirmDialog
          title={t.messages.deleteChannelTitle(channel.name)}
          text={t.messages.deleteChannelText}
          confirm={t.common.delete}
          onClose={close}
          onConfirm={async () => {
            await model.call('channel.delete', { channel: channel.id })
            redirect({ page: 'messages', channel: null })
          }}
        />
      ) : null}
    </header>
  )
}

/** Of an open channel how many machines are here; of a private one who gets what is written there. */
function ForWhom({ channel }: { readonly channel: ChannelSummary }) {
  const machines = useStatus()?.machines ?? []
  const members = useCell(useModel().members)
  const online = machines.filter((machine) => machine.self || machine.online).length
  const text = channel.kind === 'open' ? t.messages.members(online, machines.length) : readersText(channel, members)
  return (
    <p className={classes['members']} title={text}>
      {text}
    </p>
  )
}
