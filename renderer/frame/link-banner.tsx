import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'

import { inDesktop } from '../connection/desktop-messages.ts'
import type { LinkState } from '../connection/peer-link.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { useLater } from '../time/use-later.ts'
import classes from './link-banner.module.css'

/** A hiccup shorter than this is not worth a banner that comes and goes. */
const PATIENCE_MS = 700

/** Says that the way to the peer is lost, what happens next, and what can be done. */
export function LinkBanner() {
  const link = useCell(useModel().link)
  return link.kind === 'lost' || link.kind === 'refused' ? <Banner link={link} /> : null
}

function Banner({ link }: { readonly link: LostLink }) {
  const model = useModel()
  if (!useLater(PATIENCE_MS)) return null
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

type LostLink = Extract<LinkState, { readonly kind: 'lost' | 'refused' }>

function nextOf(kind: LostLink['kind']): string {
  if (kind === 'refused') return t.link.hint
  return inDesktop() ? t.link.lostRestart : t.link.lostRetry
}
