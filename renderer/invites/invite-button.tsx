import { IconUserPlus } from '@tabler/icons-react'

import { openDialog } from '../frame/dialog-state.ts'
import { managers } from '../people/member-names.ts'
import { BarredButton } from '../shared/barred-button.tsx'
import { useCell } from '../state/cell.ts'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { oneOf } from '../strings/plural.ts'

/** Opens the dialog of invites; says why not, and whom to ask, to those who may let nobody in. */
export function InviteButton({ label }: { readonly label: string }) {
  const swarm = useStatus()?.swarm ?? null
  const members = useCell(useModel().members)
  if (swarm === null) return null
  const { mayNot } = t.standing
  const isActive = swarm.standing === 'active'
  const bar = !isActive
    ? mayNot[swarm.standing]
    : swarm.mayInvite.length === 0
      ? t.invite.mayNot(t.roles.as[swarm.role], oneOf(managers(members)))
      : null
  return (
    <BarredButton bar={bar} leftSection={<IconUserPlus size={16} />} onClick={() => openDialog('invite')}>
      {label}
    </BarredButton>
  )
}
