import { Button } from '@mantine/core'
import { IconEye, IconUserOff, IconUserQuestion } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'

import type { Membership, SwarmReference } from '../../src/api/contract/index.ts'
import { formatAgo, formatExact } from '../format/times.ts'
import { managers, memberName } from '../people/member-names.ts'
import { useCell } from '../state/cell.ts'
import { useModel, useOwnName } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { oneOf } from '../strings/plural.ts'
import { useNow } from '../time/clock.ts'
import { ForgetDialog } from './forget-dialog.tsx'
import classes from './standing-banner.module.css'

interface Words {
  readonly icon: TablerIcon
  readonly tone: 'plain' | 'attention'
  readonly what: string
  readonly next: string
}

/** On every page: why this machine may not do what others may, and what it can still do. Nothing for ordinary members. */
export function StandingBanner({ swarm }: { readonly swarm: SwarmReference & Membership }) {
  const words = useWords(swarm)
  const [forgetting, setForgetting] = useState(false)
  if (words === null) return null
  const { icon: Icon, next, tone, what } = words
  const ended = swarm.standing === 'removed' || swarm.standing === 'left'
  return (
    <section className={classes['banner']} data-tone={tone} aria-label={what}>
      <Icon size={20} aria-hidden="true" className={classes['icon']} />
      <p
        className={classes['text']}
        role="status"
        title={swarm.endedAt === null ? undefined : formatExact(swarm.endedAt)}
      >
        <strong>{what}</strong> {next}
      </p>
      {ended ? (
        <Button size="xs" variant="default" onClick={() => setForgetting(true)}>
          {t.standing.forget}
        </Button>
      ) : null}
      {forgetting ? <ForgetDialog swarm={swarm.name} onClose={() => setForgetting(false)} /> : null}
    </section>
  )
}

function useWords(swarm: SwarmReference & Membership): Words | null {
  const members = useCell(useModel().members)
  const machine = useOwnName()
  const now = useNow()
  const who = swarm.endedBy === null ? null : memberName(members, swarm.endedBy)
  const ago = swarm.endedAt === null ? null : formatAgo(swarm.endedAt, now)
  const { standing } = t
  switch (swarm.standing) {
    case 'removed':
      return {
        icon: IconUserOff,
        tone: 'attention',
        what: standing.removed(machine, swarm.name, who, ago),
        next: standing.stillHere,
      }
    case 'left':
      return {
        icon: IconUserOff,
        tone: 'attention',
        what: standing.left(machine, swarm.name, ago),
        next: standing.stillHere,
      }
    case 'suspended':
      return {
        icon: IconUserQuestion,
        tone: 'attention',
        what: standing.suspended(machine, who),
        next: standing.suspendedStill,
      }
    case 'active':
      if (swarm.mayWrite) return null
      return swarm.role === 'observer'
        ? {
            icon: IconEye,
            tone: 'plain',
            what: standing.observer,
            next: standing.observerAsk(oneOf(managers(members))),
          }
        : { icon: IconUserQuestion, tone: 'plain', what: standing.waiting(machine), next: '' }
  }
}
