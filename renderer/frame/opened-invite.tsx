import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'

import { openedLink } from '../connection/desktop-messages.ts'
import { useCell } from '../state/cell.ts'
import { t } from '../strings/index.ts'

/** An invite was clicked on a machine that is in a swarm already: says so rather than nothing. */
export function OpenedInvite({ swarm }: { readonly swarm: string }) {
  const link = useCell(openedLink)
  useEffect(() => {
    if (link === null) return
    openedLink.set(null)
    notifications.show({
      title: t.invite.alreadyTitle,
      message: t.invite.already(swarm),
      color: 'amber',
      autoClose: 10_000,
    })
  }, [link, swarm])
  return null
}
