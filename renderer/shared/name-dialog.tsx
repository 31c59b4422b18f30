import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'

import { messageOfError } from '../connection/api.ts'
import { t } from '../strings/index.ts'

interface NameDialogProps {
  readonly title: string
  readonly label: string
  readonly hint?: string
  readonly initial?: string
  readonly confirm: string
  /** The dialog stays open, with the reason, when this rejects. */
  readonly onConfirm: (name: string) => Promise<void>
  readonly onClose: () => void
}

/** Asks for a name. Mounted while it is open. */
export function NameDialog({ title, label, hint, initial = '', confirm, onConfirm, onClose }: NameDialogProps) {
  const [name, setName] = useState(initial)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const trimmed = name.trim()

  const submit = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm(trimmed)
      onClose()
    } catch (failure) {
      setError(messageOfError(failure))
      setBusy(false)
    }
  }

  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': t.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (trimmed !== '' && !busy) void submit()
        }}
      >
        <TextInput
          label={label}
          description={hint}
          value={name}
          error={error}
          maxLength={200}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={busy} disabled={trimmed === ''}>
            {confirm}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
