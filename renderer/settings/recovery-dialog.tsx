import { Button, CopyButton, Modal, Portal } from '@mantine/core'
import { IconCheck, IconCopy, IconPrinter } from '@tabler/icons-react'

import type { RecoveryPhrase } from '../../src/api/contract/index.ts'
import { t } from '../strings/index.ts'
import classes from './recovery-dialog.module.css'

interface RecoveryDialogProps {
  readonly made: RecoveryPhrase
  readonly onClose: () => void
}

/** The words, this once. A click beside it does not lose them. */
export function RecoveryDialog({ made, onClose }: RecoveryDialogProps) {
  const words = made.phrase.trim().split(/\s+/)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.recovery.dialog}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <p className={classes['text']}>
        <strong>{t.recovery.once}</strong> {t.recovery.warn}
      </p>
      <ol className={classes['words']} aria-label={t.recovery.words}>
        {words.map((word, index) => (
          // Words can come twice; their places are what they are known by.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <span className={classes['number']}>{index + 1}</span>
            {word}
          </li>
        ))}
      </ol>
      <div className={classes['buttons']}>
        <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
          {t.recovery.print}
        </Button>
        <CopyButton value={made.sheet} timeout={2000}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              <span aria-live="polite">{copied ? t.common.copied : t.recovery.copy}</span>
            </Button>
          )}
        </CopyButton>
        <Button className={classes['done'] ?? ''} onClick={onClose} data-autofocus>
          {t.recovery.done}
        </Button>
      </div>
      <Portal>
        {/* On paper this is all there is (base.css). */}
        <pre className={classes['sheet']} data-print aria-hidden="true">
          {made.sheet}
        </pre>
      </Portal>
    </Modal>
  )
}
