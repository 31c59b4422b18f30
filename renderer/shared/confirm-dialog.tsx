import { Button, Group, Modal } from '@mantine/core'

import { t } from '../strings/index.ts'
import { useAction } from './use-action.ts'

interface ConfirmDialogProps {
  readonly title: string
  /** One paragraph, or several. */
  readonly text: string | readonly string[]
  readonly confirm: string
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
}

/** Asks before something is lost. Mounted while it is open. */
export function ConfirmDialog({ title, text, confirm, onConfirm, onClose }: ConfirmDialogProps) {
  const { run, busy } = useAction(async () => {
    await onConfirm()
    onClose()
  })
  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': t.common.close }}>
      {(typeof text === 'string' ? [text] : text).map((paragraph) => (
        <p key={paragraph} style={{ margin: '0 0 8px' }}>
          {paragraph}
        </p>
      ))}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t.common.cancel}
        </Button>
        <Button color="red" loading={busy} onClick={() => run()}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  )
}
