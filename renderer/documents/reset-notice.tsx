import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'

import { useCell } from '../state/cell.ts'
import { t } from '../strings/index.ts'
import type { DocumentSession } from './document-session.ts'

/** Tells why the text has just changed under the cursor. */
export function ResetNotice({ session }: { readonly session: DocumentSession }) {
  const resets = useCell(session.resets)
  useEffect(() => {
    if (resets.count > 0)
      notifications.show({ message: t.documents.resetNotice(resets.reason), color: 'amber', autoClose: 8000 })
  }, [resets])
  return null
}
