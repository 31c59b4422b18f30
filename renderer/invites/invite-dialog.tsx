import { Modal, SegmentedControl } from '@mantine/core'
import { useState } from 'react'

import { useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { InviteList } from './invite-list.tsx'
import { InviteOthers } from './invite-others.tsx'
import { LinkOwn } from './link-own.tsx'
import classes from './invites.module.css'

interface InviteDialogProps {
  readonly initial: 'others' | 'own'
  readonly onClose: () => void
}

/** Links into the swarm: for somebody else, or for a further machine of one's own. */
export function InviteDialog({ initial, onClose }: InviteDialogProps) {
  const swarm = useStatus()?.swarm ?? null
  const [whose, setWhose] = useState(initial)
  if (swarm === null) return null
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.invite.title}
      size="lg"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <div className={classes['dialog']}>
        {swarm.role === 'helper' ? null : (
          <SegmentedControl
            fullWidth
            aria-label={t.invite.forWhom}
            value={whose}
            onChange={setWhose}
            data={[
              { value: 'others', label: t.invite.others },
              { value: 'own', label: t.invite.own },
            ]}
            transitionDuration={120}
          />
        )}
        {whose === 'own' ? (
          <LinkOwn />
        ) : (
          <>
            <InviteOthers swarm={swarm} />
            <InviteList only="open" />
          </>
        )}
      </div>
    </Modal>
  )
}
