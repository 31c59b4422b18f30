import { Button } from '@mantine/core'
import { useState } from 'react'

import type { DeviceLink } from '../../src/api/contract/index.ts'
import { messageOfError } from '../connection/api.ts'
import { formatMoment } from '../format/times.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { MadeLink } from './made-link.tsx'
import { Refused } from './refused.tsx'
import classes from './invites.module.css'

/** A link for a further machine of one's own. */
export function LinkOwn() {
  const model = useModel()
  const [made, setMade] = useState<DeviceLink | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const make = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      setMade(await model.call('device.link', {}))
    } catch (failure) {
      setError(messageOfError(failure))
    }
    setBusy(false)
  }

  if (made !== null) {
    return <MadeLink link={made.link} says={t.invite.ownUntil(formatMoment(made.expires))} how={t.invite.ownHow} />
  }
  return (
    <div className={classes['form']}>
      <p className={classes['explain']}>{t.invite.ownExplain}</p>
      {error === null ? null : <Refused reason={error} />}
      <Button loading={busy} onClick={() => void make()}>
        {t.invite.ownMake}
      </Button>
    </div>
  )
}
