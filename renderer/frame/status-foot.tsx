import { IconChevronRight } from '@tabler/icons-react'

import { statusLine } from '../health/status-line.ts'
import { hrefOf } from '../route/route.ts'
import { ToneIcon } from '../shared/tone-icon.tsx'
import { useCell } from '../state/cell.ts'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './status-foot.module.css'

/** The id of the sentences on Home that the status line leads to. */
export const HEALTH_ID = 'health'

/** Always true, always leads to what it means. */
export function StatusFoot() {
  const link = useCell(useModel().link)
  const line = statusLine(link, useStatus())
  return (
    <footer className={classes['foot']}>
      <a className={classes['line']} href={hrefOf({ page: 'home' })} title={t.health.line.open} onClick={showHealth}>
        <ToneIcon tone={line.tone} size={18} />
        <span className={classes['text']}>{line.text}</span>
        <IconChevronRight size={14} aria-hidden="true" className={classes['chevron']} />
      </a>
    </footer>
  )
}

/** Home may have to be drawn first. */
function showHealth(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const panel = document.getElementById(HEALTH_ID)
      panel?.scrollIntoView({ block: 'nearest' })
      panel?.focus({ preventScroll: true })
    }),
  )
}
