import { Mark } from '../brand/mark.tsx'
import { t } from '../strings/index.ts'
import classes from './first-run.module.css'

/** The page has no key to the peer, or an old one. */
export function RefusedPage({ reason }: { readonly reason: string }) {
  return (
    <main className={classes['splash']}>
      <Mark size={64} className={classes['mark'] ?? ''} />
      <h1 className={classes['title']}>{t.link.refusedTitle}</h1>
      <p className={classes['lead']}>{reason}</p>
    </main>
  )
}
