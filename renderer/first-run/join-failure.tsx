import { Button } from '@mantine/core'

import { ToneIcon } from '../shared/tone-icon.tsx'

import type { JoinState } from '../state/joining.ts'
import { t } from '../strings/index.ts'
import classes from './join-stages.module.css'
import { TriedList } from './tried-list.tsx'

interface JoinFailureProps {
  readonly failure: Extract<JoinState, { readonly kind: 'failed' }>
  readonly onRetry: () => void
  /** Empties the field for another link, or the same one copied whole. */
  readonly onAnother: () => void
}

type Failures = typeof t.firstRun.failed

/** With these the same link leads nowhere, however often. */
const SPENT = new Set(['INVITE_INVALID', 'INVITE_EXPIRED', 'INVITE_REVOKED', 'INVITE_USED', 'LINK_CLOSED'])

/** Why joining ended, what was tried, and the one thing to do about it. */
export function JoinFailure({ failure, onRetry, onAnother }: JoinFailureProps) {
  const { title, action } = wordsFor(failure.code)
  const tried = failure.progress?.tried ?? []
  // Its message lists the addresses as machines write them; here they stand below it, as people do.
  const unreached = failure.code === 'JOIN_FAILED' && tried.length > 0
  return (
    <div className={classes['failure']} role="alert">
      <p className={classes['failed']}>
        <ToneIcon tone="danger" />
        <strong>{title}</strong>
      </p>
      <p className={classes['reason']}>
        {unreached ? t.firstRun.nobody(failure.progress?.swarm ?? '') : sentence(failure.reason)}
      </p>
      {unreached ? <TriedList tried={tried} opened /> : null}
      {/* Joining took the focus along; this is what comes next. */}
      <Button size="sm" mt="sm" autoFocus onClick={SPENT.has(failure.code) ? onAnother : onRetry}>
        {action}
      </Button>
    </div>
  )
}

function wordsFor(code: string): Failures['other'] {
  const { failed } = t.firstRun
  return Object.hasOwn(failed, code) ? failed[code as keyof Failures] : failed.other
}

/** Some reasons are written as the end of a line of the command. */
function sentence(reason: string): string {
  const text = reason.charAt(0).toLocaleUpperCase() + reason.slice(1)
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
