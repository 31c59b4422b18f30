import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'

import { QrCode } from '../qr/qr-code.tsx'
import { CopyField } from '../shared/copy-field.tsx'
import { t } from '../strings/index.ts'
import classes from './invites.module.css'

interface MadeLinkProps {
  readonly link: string
  /** Whom it lets in, and until when. */
  readonly says: string
  readonly how: string
  readonly onAnother?: () => void
}

/** A link to copy and the same as a code, with what it does. */
export function MadeLink({ link, says, how, onAnother }: MadeLinkProps) {
  return (
    <div className={classes['made']}>
      <p className={classes['says']} role="status">
        {says}
      </p>
      <CopyField value={link} label={t.invite.link} button={t.invite.copy} autoFocus primary />
      <div className={classes['scan']}>
        <QrCode text={link} label={t.invite.qr} />
        <div className={classes['beside']}>
          <p className={classes['how']}>{how}</p>
          {onAnother === undefined ? null : (
            <Button variant="default" size="sm" leftSection={<IconPlus size={16} />} onClick={onAnother}>
              {t.invite.another}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
