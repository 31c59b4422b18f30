import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'

import { useAction } from '../shared/use-action.ts'
import { t } from '../strings/index.ts'
import classes from './settings-page.module.css'

interface AddressLinesProps {
  readonly label: string
  readonly hint: string
  readonly value: readonly string[]
  readonly onSave: (lines: string[]) => Promise<void>
}

/** Addresses, one a line, kept with a button. */
export function AddressLines({ label, hint, value, onSave }: AddressLinesProps) {
  const kept = value.join('\n')
  const [text, setText] = useState(kept)
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const changed = lines.join('\n') !== kept
  const save = useAction(async () => {
    await onSave(lines)
    setText(lines.join('\n'))
  })
  return (
    <form
      className={classes['row']}
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) save.run()
      }}
    >
      <Textarea
        label={label}
        description={hint}
        value={text}
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="default"
        loading={save.busy}
        disabled={!changed}
        aria-label={`${t.common.save}: ${label}`}
      >
        {t.common.save}
      </Button>
    </form>
  )
}
