import { NewChannelDialog } from '../messages/new-channel-dialog.tsx'
import { useCell } from '../state/cell.ts'
import { closeDialog, openedDialog } from './dialog-state.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

export function Dialogs() {
  switch (useCell(openedDialog)) {
    case 'invite':
      return <InviteDialog onClose={closeDialog} />
    case 'new-channel':
      return <NewChannelDialog onClose={closeDialog} />
    case 'shortcuts':
      return <ShortcutsDialog onClose={closeDialog} />
    case null:
      return null
  }
}
