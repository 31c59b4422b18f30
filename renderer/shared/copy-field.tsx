import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

import { t } from '../strings/index.ts'
import classes from './copy-field.module.css'

interface CopyFieldProps {
  readonly value: string
  readonly label: string
  readonly button?: string
  readonly autoFocus?: boolean
  /** It is what the person came for. */
  readonly primary?: boolean
}

/** A long value on one line, and the button that copies it whole. */
export function CopyField({
  value,
  label,
  button = t.common.copy,
  autoFocus = false,
  primary = false,
}: CopyFieldProps) {
  return (
    <div className={classes['field']}>
      <input
        className={classes['value']}
        value={value}
        aria-label={label}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <Button
            data-autofocus={autoFocus || undefined}
            variant={primary && !copied ? 'filled' : 'default'}
            onClick={copy}
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          >
            <span aria-live="polite">{copied ? t.common.copied : button}</span>
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
