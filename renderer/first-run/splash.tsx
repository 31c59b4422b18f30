import { Mark } from '../brand/mark.tsx'
import { t } from '../strings/index.ts'
import { useLater } from '../time/use-later.ts'
import classes from './first-run.module.css'

/** Nothing is said before this: usually the peer answers first. */
const QUIET_MS = 600

/** Shown until the peer has answered for the first time. */
export function Splash() {
  const late = useLater(QUIET_MS)
  return (
    <main className={classes['splash']}>
      <Mark size={64} className={classes['mark'] ?? ''} />
      <p className={classes['quiet']} role="status">
        {late ? t.link.connecting : ''}
      </p>
    </main>
  )
}
