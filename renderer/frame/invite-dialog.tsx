import { Button, Modal } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'

import { messageOfError } from '../connection/api.ts'
import { CopyField } from '../shared/copy-field.tsx'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './invite-dialog.module.css'

type Link =
  | { readonly kind: 'making' }
  | { readonly kind: 'made'; readonly link: string }
  | { readonly kind: 'failed'; readonly reason: string }

export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel()
  const swarm = useStatus()?.swarm?.name ?? ''
  const [link, setLink] = useState<Link>({ kind: 'making' })
  const make = useCallback(() => {
    model.call('swarm.invite', {}).then(
      ({ invite }) => setLink({ kind: 'made', link: invite }),
      (error: unknown) => setLink({ kind: 'failed', reason: messageOfError(error) }),
    )
  }, [model])
  useEffect(make, [make])
  const again = (): void => {
    setLink({ kind: 'making' })
    make()
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t.invite.title}
      size="lg"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <p className={classes['explain']}>{t.invite.explain(swarm)}</p>
      {link.kind === 'made' ? (
        <CopyField value={link.link} label={t.invite.link} button={t.invite.copy} autoFocus primary />
      ) : null}
      {link.kind === 'making' ? <p role="status">{t.invite.making}</p> : null}
      {link.kind === 'failed' ? (
        <div role="alert" className={classes['failed']}>
          <span>{link.reason}</span>
          <Button size="xs" onClick={again}>
            {t.common.tryAgain}
          </Button>
        </div>
      ) : null}
      <p className={classes['how']}>{t.invite.how}</p>
    </Modal>
  )
}
