import { Alert, Button, TextInput } from '@mantine/core'
import { useState } from 'react'

import type { PeerStatus, Settings } from '../../src/api/contract/index.ts'
import { Panel } from '../shared/panel.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './settings-page.module.css'

export interface SectionProps {
  readonly settings: Settings
  readonly onChange: (settings: Settings) => void
}

/** The notice by which the peer says that its key lies open on the disk. */
const KEY_NOTICE = 'key-unprotected'

/** What one is called and what this machine is; and whether its key is kept well. */
export function ProfileSection({ settings, status, onChange }: SectionProps & { readonly status: PeerStatus }) {
  const model = useModel()
  const key = status.notices.find((notice) => notice.code === KEY_NOTICE)
  const hasPerson = status.swarm === null || status.swarm.role !== 'helper'
  const save = (change: Partial<Pick<Settings, 'machineName' | 'personName'>>) => async (): Promise<void> => {
    onChange(await model.call('settings.set', change))
    model.readMembers()
  }
  return (
    <Panel title={t.settings.profile}>
      {hasPerson ? (
        <NameForm
          label={t.settings.personName}
          hint={t.settings.personNameHint}
          value={settings.personName}
          onSave={(personName) => save({ personName })()}
        />
      ) : null}
      <NameForm
        label={t.settings.machineName}
        hint={t.settings.machineNameHint}
        value={settings.machineName}
        onSave={(machineName) => save({ machineName })()}
      />
      {key === undefined ? null : (
        <Alert color={key.level === 'danger' ? 'red' : 'amber'} title={t.settings.key}>
          {key.text}
        </Alert>
      )}
    </Panel>
  )
}

interface NameFormProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly onSave: (name: string) => Promise<void>
}

function NameForm({ label, hint, value, onSave }: NameFormProps) {
  const [name, setName] = useState(value)
  const [saved, setSaved] = useState(false)
  const changed = name.trim() !== '' && name.trim() !== value
  const save = useAction(async () => {
    await onSave(name.trim())
    setSaved(true)
  })
  return (
    <form
      className={classes['row']}
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) save.run()
      }}
    >
      <TextInput
        label={label}
        description={hint}
        value={name}
        maxLength={200}
        onChange={(event) => {
          setName(event.currentTarget.value)
          setSaved(false)
        }}
      />
      <Button type="submit" loading={save.busy} disabled={!changed} aria-label={`${t.common.save}: ${label}`}>
        <span aria-live="polite">{saved && !changed ? t.settings.saved : t.common.save}</span>
      </Button>
    </form>
  )
}
