import { Cell } from '../state/cell.ts'

/** Dialogs that can be opened from several places. */
export type DialogName = 'invite' | 'own-machine' | 'new-channel' | 'new-direct' | 'shortcuts'

export const openedDialog = new Cell<DialogName | null>(null)

export function openDialog(name: DialogName): void {
  openedDialog.set(name)
}

export function closeDialog(): void {
  openedDialog.set(null)
}
