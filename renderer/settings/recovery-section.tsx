import { useState } from 'react'

import type { RecoveryPhrase } from '../../src/api/contract/index.ts'
import { BarredButton } from '../shared/barred-button.tsx'
import { Panel } from '../shared/panel.tsx'
import { useAction } from '../shared/use-action.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { RecoveryDialog } from './recovery-dialog.tsx'
import classes from './settings-page.module.css'

/** Words on paper that bring a person back who lost every machine. */
export function RecoverySection() {
  const model = useModel()
  const members = useCell(model.members)
  const own = members?.people.find((person) => person.self)
  const writeBar = useWriteBar()
  // Observers come back as observers.
  const bar = own?.standing === 'active' ? null : writeBar
  const [made, setMade] = useState<RecoveryPhrase | null>(null)
  const make = useAction(async () => {
    setMade(await model.call('recovery.make', {}))
    model.readMembers()
  })
  const has = (members?.devices ?? []).some(
    (device) => device.recovery && device.standing === 'active' && own?.devices.includes(device.deviceId) === true,
  )
  return (
    <Panel title={t.recovery.title}>
      <p className={classes['hint']}>{t.recovery.what}</p>
      <p className={classes['plain']}>{has ? t.recovery.have : t.recovery.none}</p>
      <div>
        <BarredButton bar={bar} variant="default" loading={make.busy} onClick={() => make.run()}>
          {has ? t.recovery.makeAnother : t.recovery.make}
        </BarredButton>
      </div>
      {made === null ? null : <RecoveryDialog made={made} onClose={() => setMade(null)} />}
    </Panel>
  )
}
