import { ActionIcon, Menu } from '@mantine/core'
import { IconArrowLeft, IconDots, IconDoorExit, IconPencil, IconTrash, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { hrefOf, redirect } from '../route/route.ts'
import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { NameDialog } from '../shared/name-dialog.tsx'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './channel-head.module.css'
import { ChannelIcon } from './channel-icon.tsx'
import { channelLabel } from './channel-label.ts'
import { ChannelPeopleDialog } from './channel-people-dialog.tsx'
import { useChannelBar } from './use-channel-bar.ts'

export function ChannelHead({ channel }: { readonly channel: ChannelSummary }) {
  const model = useModel()
  const machines = useStatus()?.machines ?? []
  const online = machines.filter((machine) => machine.self || machine.online).length
  const [dialog, setDialog] = useState<'rename' | 'delete' | 'people' | 'leave' | null>(null)
  const bar = useChannelBar(channel)
  const isDirect = channel.kind === 'direct'
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
      <h2 className={classes['name']}>
        <ChannelIcon channel={channel} size={18} className={classes['hash']} />
        <span>{channel.name}</span>
      </h2>
      <p className={classes['members']}>
        {channel.kind === 'open'
          ? t.messages.members(online, machines.length)
          : isDirect && channel.people.length === 2
            ? t.messages.justTwo
            : t.messages.peopleOf(channel.people.map((person) => person.name))}
      </p>
      {isDirect ? null : (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon size={34} aria-label={t.messages.channelMenu(channelLabel(channel))}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {bar === null ? null : <Menu.Label>{bar}</Menu.Label>}
            {channel.kind === 'private' ? (
              <Menu.Item leftSection={<IconUsers size={16} />} onClick={() => setDialog('people')}>
                {t.messages.peopleItem}
              </Menu.Item>
            ) : null}
            {channel.may.leave ? (
              <Menu.Item leftSection={<IconDoorExit size={16} />} onClick={() => setDialog('leave')}>
                {t.messages.leave}
              </Menu.Item>
            ) : null}
            <Menu.Item
              disabled={bar !== null}
              leftSection={<IconPencil size={16} />}
              onClick={() => setDialog('rename')}
            >
              {t.messages.renameChannel}
            </Menu.Item>
            <Menu.Item
              disabled={bar !== null}
              leftSection={<IconTrash size={16} />}
              onClick={() => setDialog('delete')}
            >
              {t.messages.deleteChannel}
            </Menu.Item>
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
