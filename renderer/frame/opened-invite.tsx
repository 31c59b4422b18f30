import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'

import type { Membership, SwarmReference } from '../../src/api/contract/index.ts'
import { openedLink } from '../connection/desktop-messages.ts'
import { useCell } from '../state/cell.ts'
import { t } from '../strings/index.ts'

/** An invite was clicked on a machine that is in a swarm already: says so rather than nothing. */
export function OpenedInvite({ swarm }: { readonly swarm: SwarmReference & Membership }) {
  const link = useCell(openedLink)
  const { name, standing } = swarm
  const ended = standing === 'removed' || standing === 'left'
  useEffect(() => {
    if (link === null) return
    openedLink.set(null)
    notifications.show({
      title: t.invite.alreadyTitle,
      message: ended ? t.invite.alreadyEnded(name) : t.invite.already(name),
      color: 'amber',
      autoClose: 10_000,
    })
  }, [link, name, ended])
  return null
}
