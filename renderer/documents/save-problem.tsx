import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'

import { useCell } from '../state/cell.ts'
import { t } from '../strings/index.ts'
import type { DocumentSession } from './document-session.ts'
import classes from './save-problem.module.css'

/** The peer did not take what was typed: why, and what can be done. */
export function SaveProblem({ session }: { readonly session: DocumentSession }) {
  const save = useCell(session.save)
  if (save.kind !== 'refused') return null
  return (
    <div className={classes['problem']} role="alert">
      <IconAlertTriangle size={20} aria-hidden="true" className={classes['icon']} />
      <p className={classes['text']}>
        <strong>{t.documents.save.refusedLead}</strong> {save.reason}
      </p>
      <Button size="xs" variant="default" onClick={() => session.pushAgain()}>
        {t.common.tryAgain}
      </Button>
    </div>
  )
}
