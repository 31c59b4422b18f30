import { IconHash, IconLock, IconUser, IconUsers } from '@tabler/icons-react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'

interface ChannelIconProps {
  readonly channel: Pick<ChannelSummary, 'kind' | 'people'>
  readonly size: number
  readonly className?: string | undefined
}

/** For everybody, for some, for two: by its shape. Decoration beside the name. */
export function ChannelIcon({ channel, size, className }: ChannelIconProps) {
  const Icon =
    channel.kind === 'open'
      ? IconHash
      : channel.kind === 'private'
        ? IconLock
        : channel.people.length > 2
          ? IconUsers
          : IconUser
  return <Icon size={size} aria-hidden="true" className={className} />
}
