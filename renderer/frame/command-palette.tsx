import { useMantineColorScheme } from '@mantine/core'
import { Spotlight } from '@mantine/spotlight'
import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight'
import {
  IconAffiliate,
  IconDevices,
  IconFileText,
  IconFilePlus,
  IconHash,
  IconKeyboard,
  IconMessage,
  IconSearch,
  IconUserPlus,
  IconFileCode,
} from '@tabler/icons-react'
import { useMemo } from 'react'

import type { ChannelSummary, DocumentSummary, Person } from '../../src/api/contract/index.ts'
import { createDocument } from '../documents/create-document.ts'
import { ChannelIcon } from '../messages/channel-icon.tsx'
import { channelLabel, partnerOf } from '../messages/channel-label.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { talkTo } from '../messages/talk-to.ts'
import { useSpeakBar } from '../messages/use-channel-bar.ts'
import { navigate } from '../route/route.ts'
import { Avatar } from '../shared/avatar.tsx'
import { showFailure } from '../shared/use-action.ts'
import { useCell } from '../state/cell.ts'
import { useModel, useStatus } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import classes from './command-palette.module.css'
import { openDialog } from './dialog-state.ts'
import { DESTINATIONS, SETTINGS } from './navigation.ts'
import { SCHEMES } from './theme-switch.tsx'

const ICON = 18

/** Finds machines, channels, documents and commands. Its key, Ctrl/⌘+K, is with the other shortcuts. */
export function CommandPalette() {
  const groups = [usePages(), usePeople(), useChannels(), useDocuments(), useMachines(), useCommands()]
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      shortcut={null}
      nothingFound={t.palette.nothing}
      highlightQuery
      attributes={{ content: { 'aria-label': t.bar.search } }}
      scrollable
      maxHeight={440}
      limit={40}
      classNames={{
        action: classes['action'] ?? '',
        actionDescription: classes['description'] ?? '',
        actionsGroup: classes['group'] ?? '',
        search: classes['search'] ?? '',
      }}
      searchProps={{
        leftSection: <IconSearch size={ICON} />,
        placeholder: t.palette.placeholder,
        'aria-label': t.palette.placeholder,
      }}
      transitionProps={{ duration: 100, transition: 'fade' }}
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      centered={false}
      yOffset="12vh"
    />
  )
}

function usePages(): SpotlightActionGroupData {
  const actions = [...DESTINATIONS, SETTINGS].map(({ page, label, icon: Icon, route }): SpotlightActionData => ({
    id: `page-${page}`,
    label,
    leftSection: <Icon size={ICON} stroke={1.75} />,
    onClick: () => navigate(route),
  }))
  return { group: t.palette.pages, actions }
}

function useCommands(): SpotlightActionGroupData {
  const model = useModel()
  const { setColorScheme } = useMantineColorScheme()
  const bar = useWriteBar()
  const speakBar = useSpeakBar()
  const barred = bar === null ? {} : { disabled: true, description: bar }
  const create = (kind: 'rich' | 'text') => (): void => {
    createDocument(model, kind).catch((error: unknown) => showFailure(error))
  }
  const actions: SpotlightActionData[] = [
    {
      ...barred,
      id: 'new-rich',
      label: t.palette.newDocument,
      leftSection: <IconFilePlus size={ICON} />,
      onClick: create('rich'),
    },
    {
      ...barred,
      id: 'new-text',
      label: t.palette.newText,
      leftSection: <IconFileCode size={ICON} />,
      onClick: create('text'),
    },
    {
      ...(speakBar === null ? {} : { disabled: true, description: speakBar }),
      id: 'new-channel',
      label: t.palette.newChannel,
      leftSection: <IconHash size={ICON} />,
      onClick: () => openDialog('new-channel'),
    },
    {
      ...(speakBar === null ? {} : { disabled: true, description: speakBar }),
      id: 'new-direct',
      label: t.palette.newDirect,
      leftSection: <IconMessage size={ICON} />,
      onClick: () => openDialog('new-direct'),
    },
    {
      id: 'invite',
      label: t.palette.invite,
      leftSection: <IconUserPlus size={ICON} />,
      onClick: () => openDialog('invite'),
    },
    {
      id: 'own-machine',
      label: t.palette.own,
      leftSection: <IconDevices size={ICON} />,
      onClick: () => openDialog('own-machine'),
    },
    {
      id: 'connections',
      label: t.palette.connections,
      leftSection: <IconAffiliate size={ICON} />,
      onClick: () => navigate({ page: 'connections', machine: null }),
    },
    ...SCHEMES.map(({ scheme, icon: Icon }): SpotlightActionData => ({
      id: `theme-${scheme}`,
      label: t.palette.theme[scheme],
      leftSection: <Icon size={ICON} />,
      onClick: () => setColorScheme(scheme),
    })),
    {
      id: 'shortcuts',
      label: t.palette.shortcuts,
      leftSection: <IconKeyboard size={ICON} />,
      onClick: () => openDialog('shortcuts'),
    },
  ]
  return { group: t.palette.commands, actions }
}

function useChannels(): SpotlightActionGroupData {
  const model = useModel()
  const channels = useCell(model.channels)
  const members = useCell(model.members)
  return useMemo(() => {
    const people = (members?.people ?? []).filter(isActive).map(({ personId }) => personId)
    // A person is found among the people.
    const isFound = (channel: ChannelSummary): boolean => people.includes(partnerOf(channel)?.personId ?? '')
    return channelGroup((channels ?? []).filter((channel) => !isFound(channel)))
  }, [channels, members])
}

function channelGroup(channels: readonly ChannelSummary[]): SpotlightActionGroupData {
  const actions = channels.map((channel): SpotlightActionData => ({
    id: `channel-${channel.id}`,
    label: channelLabel(channel),
    leftSection: <ChannelIcon channel={channel} size={ICON} />,
    ...(channel.unread > 0 ? { description: t.home.unread(channel.unread) } : {}),
    onClick: () => navigate({ page: 'messages', channel: channel.id }),
  }))
  return { group: t.palette.channels, actions }
}

function useDocuments(): SpotlightActionGroupData {
  const documents = useCell(useModel().documents)
  return useMemo(() => documentGroup(documents ?? []), [documents])
}

function documentGroup(documents: readonly DocumentSummary[]): SpotlightActionGroupData {
  const actions = documents.map((document): SpotlightActionData => ({
    id: `document-${document.id}`,
    label: document.title,
    leftSection: document.kind === 'rich' ? <IconFileText size={ICON} /> : <IconFileCode size={ICON} />,
    onClick: () => navigate({ page: 'documents', document: document.id }),
  }))
  return { group: t.palette.documents, actions }
}

function useMachines(): SpotlightActionGroupData {
  const machines = useStatus()?.machines ?? []
  const { colourOf } = useMachineNames()
  const actions = machines.map((machine): SpotlightActionData => ({
    id: `machine-${machine.deviceId}`,
    label: machine.name,
    leftSection: (
      <Avatar
        name={machine.name}
        colour={colourOf(machine.deviceId)}
        size={22}
        away={!machine.self && !machine.online}
      />
    ),
    onClick: () => navigate({ page: 'machines', machine: machine.deviceId }),
  }))
  return { group: t.palette.machines, actions }
}

function usePeople(): SpotlightActionGroupData {
  const model = useModel()
  const members = useCell(model.members)
  const bar = useSpeakBar()
  const { colourOf } = useMachineNames()
  const people = (members?.people ?? []).filter(isActive)
  const actions = people.map((person): SpotlightActionData => ({
    id: `person-${person.personId}`,
    label: person.name,
    description: person.self ? t.roles.names[person.role] : t.palette.talk(t.roles.names[person.role]),
    leftSection: <Avatar name={person.name} colour={colourOf(person.personId)} size={22} />,
    onClick: () => {
      if (person.self || bar !== null) navigate({ page: 'people' })
      else talkTo(model, [person.personId]).catch((error: unknown) => showFailure(error))
    },
  }))
  return { group: t.palette.people, actions }
}

function isActive({ standing }: Person): boolean {
  return standing === 'active'
}
