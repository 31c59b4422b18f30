import { Tooltip } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'

import { t } from '../strings/index.ts'
import classes from './document-head.module.css'

/** In the place of whether it is saved: that nothing can be written, and why. */
export function ReadOnlySign({ why }: { readonly why: string }) {
  return (
    <Tooltip label={why} multiline w={280}>
      <span className={classes['save']} data-kind="saving" role="status">
        <IconLock size={16} aria-hidden="true" />
        <span>{t.standing.readOnly}</span>
      </span>
    </Tooltip>
  )
}
