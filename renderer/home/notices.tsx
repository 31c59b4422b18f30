import type { Notice } from '../../src/api/contract/index.ts'
import { Ago } from '../shared/ago.tsx'
import { ToneIcon } from '../shared/tone-icon.tsx'
import { t } from '../strings/index.ts'
import classes from './notices.module.css'

const TONES = { info: 'plain', warning: 'attention', danger: 'danger' } as const

/** What the peer wants attention for, worst first. Nothing where there is nothing. */
export function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  if (notices.length === 0) return null
  return (
    <section aria-label={t.home.notices} className={classes['notices']}>
      {notices.map((notice) => (
        <div
          key={`${notice.code} ${notice.text}`}
          className={classes['notice']}
          data-level={notice.level}
          role="status"
        >
          <ToneIcon tone={TONES[notice.level]} />
          <p className={classes['text']}>{notice.text}</p>
          <Ago at={notice.at} className={classes['at'] ?? ''} />
        </div>
      ))}
    </section>
  )
}
