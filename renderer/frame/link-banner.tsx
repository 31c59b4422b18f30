import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

import { inDesktop } from '../connection/desktop-messages.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './link-banner.module.css'

/** A hiccup shorter than this is not worth a banner that comes and goes. */
const PATIENCE_MS = 700

/** Says that the way to the peer is lost, what happens next, and what can be done. */
export function LinkBanner() {
  const model = useModel()
  const link = useCell(model.link)
  const away = link.kind === 'lost' || link.kind === 'refused'
  const shown = useLasting(away)
  if (!away || !shown) return null
  return (
    <div className={classes['banner']} role="status">
      <IconPlugConnectedX size={20} aria-hidden="true" className={classes['icon']} />
      <p className={classes['text']}>
        <strong>{t.link.lost}</strong> {nextOf(link.kind)}
      </p>
      {link.kind === 'lost' && link.retryAt !== null ? (
        <Button size="xs" variant="default" onClick={() => model.retryNow()}>
          {t.link.retryNow}
        </Button>
      ) : null}
    </div>
  )
}

function nextOf(kind: 'lost' | 'refused'): string {
  if (kind === 'refused') return t.link.hint
  return inDesktop() ? t.link.lostRestart : t.link.lostRetry
}

/** True once `condition` has held for a moment. */
function useLasting(condition: boolean): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!condition) {
      setLasting(false)
      return
    }
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [condition])
  return lasting
}
