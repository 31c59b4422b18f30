import { Button } from '@mantine/core'
import { IconAffiliate } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'

import type { Machine } from '../../src/api/contract/index.ts'
import { InviteButton } from '../invites/invite-button.tsx'
import { hrefOf } from '../route/route.ts'
import { Page } from '../shared/page.tsx'
import { useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { MachineCard } from './machine-card.tsx'
import classes from './machines-page.module.css'

/** A card for each machine: this one first, then those that are here, then those that are away. */
export function MachinesPage({ chosen }: { readonly chosen: string | null }) {
  const machines = useStatus()?.machines ?? []
  return (
    <Page>
      <header className={classes['head']}>
        <p className={classes['lead']}>{t.machines.lead}</p>
        <Button
          component="a"
          href={hrefOf({ page: 'connections', machine: null })}
          variant="default"
          leftSection={<IconAffiliate size={16} />}
        >
          {t.nav.connections}
        </Button>
        <InviteButton label={t.home.invite} />
      </header>
      <ul className={classes['cards']}>
        {[...machines].sort(byPresence).map((machine) => (
          <Card key={machine.deviceId} machine={machine} chosen={machine.deviceId === chosen} />
        ))}
      </ul>
    </Page>
  )
}

function Card({ machine, chosen }: { readonly machine: Machine; readonly chosen: boolean }) {
  const ref = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (!chosen) return
    ref.current?.scrollIntoView({ block: 'nearest' })
    ref.current?.focus({ preventScroll: true })
  }, [chosen])
  return (
    <li ref={ref} className={classes['card']} data-chosen={chosen || undefined} tabIndex={-1}>
      <MachineCard machine={machine} heading="h2" />
    </li>
  )
}

function byPresence(a: Machine, b: Machine): number {
  const rank = (machine: Machine): number => (machine.self ? 0 : machine.online ? 1 : 2)
  return rank(a) - rank(b) || a.name.localeCompare(b.name)
}
