import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'

import type { Settings } from '../../src/api/contract/index.ts'
import { Panel } from '../shared/panel.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './settings-page.module.css'

export interface SectionProps {
  readonly settings: Settings
  readonly onChange: (settings: Settings) => void
}

export function MachineSection({ settings, onChange }: SectionProps) {
  const model = useModel()
  const [name, setName] = useState(settings.machineName)
  const [saved, setSaved] = useState(false)
  const changed = name.trim() !== '' && name.trim() !== settings.machineName
  const save = useAction(async () => {
    onChange(await model.call('settings.set', { machineName: name.trim() }))
    setSaved(true)
  })
  return (
    <Panel title={t.settings.machine}>
      <form
        className={classes['row']}
        onSubmit={(event) => {
          event.preventDefault()
          if (changed) save.run()
        }}
      >
        <TextInput
          label={t.settings.machineName}
          description={t.settings.machineNameHint}
          value={name}
          maxLength={200}
          onChange={(event) => {
            setName(event.currentTarget.value)
            setSaved(false)
          }}
        />
        <Button type="submit" loading={save.busy} disabled={!changed}>
          <span aria-live="polite">{saved && !changed ? t.settings.saved : t.common.save}</span>
        </Button>
      </form>
    </Panel>
  )
}
