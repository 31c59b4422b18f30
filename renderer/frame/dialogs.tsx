import { Suspense, lazy } from 'react'

import { NewChannelDialog } from '../messages/new-channel-dialog.tsx'
import { NewDirectDialog } from '../messages/new-direct-dialog.tsx'
import { useCell } from '../state/cell.ts'
import { closeDialog, openedDialog } from './dialog-state.ts'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

const InviteDialog = lazy(async () => ({ default: (await import('../invites/invite-dialog.tsx')).InviteDialog }))

export function Dialogs() {
  switch (useCell(openedDialog)) {
    case 'invite':
      return <Invite whose="others" />
    case 'own-machine':
      return <Invite whose="own" />
    case 'new-channel':
      return <NewChannelDialog onClose={closeDialog} />
    case 'new-direct':
      return <NewDirectDialog onClose={closeDialog} />
    case 'shortcuts':
      return <ShortcutsDialog onClose={closeDialog} />
    case null:
      return null
  }
}

function Invite({ whose }: { readonly whose: 'others' | 'own' }) {
  return (
    <Suspense fallback={null}>
      <InviteDialog initial={whose} onClose={closeDialog} />
    </Suspense>
  )
}
