import { Alert, Button, TextInput } from '@mantine/core'
import { useState } from 'react'

import { messageOfError } from '../connection/api.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { BackButton } from './back-button.tsx'
import { NamesLine, givenNames } from './name-fields.tsx'
import type { Names } from './name-fields.tsx'
import classes from './first-run.module.css'

interface StartFormProps {
  readonly names: Names
  readonly onBack: () => void
}

export function StartForm({ names, onBack }: StartFormProps) {
  const model = useModel()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const start = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await model.call('swarm.create', { name: name.trim(), ...givenNames(names) })
      await model.readStatus()
    } catch (failure) {
      setError(messageOfError(failure))
      setBusy(false)
    }
  }

  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '' && !busy) void start()
      }}
    >
      <BackButton onClick={onBack} />
      <h1 className={classes['title']}>{t.firstRun.startTitle}</h1>
      <TextInput
        label={t.firstRun.swarmLabel}
        description={t.firstRun.swarmHint}
        placeholder={t.firstRun.swarmExample}
        value={name}
        maxLength={200}
        size="md"
        // The person has just asked for this form.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {error === null ? null : (
        <Alert color="red" role="alert">
          {error}
        </Alert>
      )}
      <NamesLine names={names} onChange={onBack} />
      <Button type="submit" size="md" fullWidth loading={busy} disabled={name.trim() === ''}>
        {t.firstRun.start}
      </Button>
    </form>
  )
}
