import { IconHash, IconLock, IconUsers } from '@tabler/icons-react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { Avatar } from '../shared/avatar.tsx'
import { partnerOf } from './channel-label.ts'
import { useOnlinePeople } from './use-online-people.ts'

interface ChannelIconProps {
  readonly channel: Pick<ChannelSummary, 'kind' | 'people'>
  readonly size: number
  readonly className?: string | undefined
}

/** For everybody, for some, or the one person it is with. Decoration beside the name. */
export function ChannelIcon({ channel, size, className }: ChannelIconProps) {
  const { colourOf } = useMachineNames()
  const online = useOnlinePeople()
  const partner = partnerOf(channel)
  if (partner !== undefined) {
    const { name, personId } = partner
    return <Avatar name={name} colour={colourOf(personId)} size={size + 4} away={!online.has(personId)} />
  }
  const Icon = channel.kind === 'open' ? IconHash : channel.kind === 'private' ? IconLock : IconUsers
  return <Icon size={size} aria-hidden="true" className={className} />
}
