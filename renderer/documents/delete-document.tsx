import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'

import { showFailure } from '../shared/use-action.ts'
import type { PeerModel } from '../state/peer-model.ts'
import { t } from '../strings/index.ts'
import classes from './delete-document.module.css'

/** Long enough to notice what one has done. */
const UNDO_MS = 12_000

/** Deletes, and offers to undo it. */
export async function deleteDocument(
  model: PeerModel,
  document: { readonly id: string; readonly title: string },
): Promise<void> {
  await model.call('document.delete', { document: document.id })
  const restore = (): void => {
    notifications.hide(note)
    restoreDocument(model, document).catch((error: unknown) => showFailure(error))
  }
  const note = notifications.show({
    autoClose: UNDO_MS,
    message: (
      <span className={classes['undo']}>
        {t.documents.deleted(document.title)}
        <Button size="compact-sm" variant="light" onClick={restore}>
          {t.common.undo}
        </Button>
      </span>
    ),
  })
}

export async function restoreDocument(
  model: PeerModel,
  document: { readonly id: string; readonly title: string },
): Promise<void> {
  await model.call('document.restore', { document: document.id })
  notifications.show({ message: t.documents.restored(document.title) })
}
