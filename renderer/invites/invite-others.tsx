import { Button, NumberInput, Radio, Select } from '@mantine/core'
import { useState } from 'react'

import type { Invite, Membership, Role, SwarmReference } from '../../src/api/contract/index.ts'
import { messageOfError } from '../connection/api.ts'
import { formatMoment } from '../format/times.ts'
import { managers } from '../people/member-names.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { oneOf } from '../strings/plural.ts'
import { MadeLink } from './made-link.tsx'
import { Refused } from './refused.tsx'
import classes from './invites.module.css'

const HOUR_MS = 3_600_000
const LIFETIMES = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const
type Lifetime = keyof typeof LIFETIMES
const NAMES = Object.keys(LIFETIMES) as Lifetime[]
const MAX_USES = 1000

/** An invite for somebody else: who they will be, how many machines, how long; then the link. */
export function InviteOthers({ swarm }: { readonly swarm: SwarmReference & Membership }) {
  const model = useModel()
  const members = useCell(model.members)
  const { mayInvite } = swarm
  const usual = mayInvite.includes('member') ? 'member' : (mayInvite.at(-1) ?? 'member')
  const [role, setRole] = useState<Role>(usual)
  const [uses, setUses] = useState(1)
  const [lifetime, setLifetime] = useState<Lifetime>('week')
  const [made, setMade] = useState<Invite | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const make = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      setMade(await model.call('invite.create', { role, uses, lifetime: LIFETIMES[lifetime] }))
      model.readMembers()
    } catch (failure) {
      setError(messageOfError(failure))
    }
    setBusy(false)
  }

  if (mayInvite.length === 0) {
    return <p className={classes['explain']}>{t.invite.mayNot(t.roles.as[swarm.role], oneOf(managers(members)))}</p>
  }
  if (made !== null && made.link !== null) {
    return (
      <MadeLink
        link={made.link}
        says={t.invite.lets(made.uses, t.roles.as[made.role], formatMoment(made.expires))}
        how={t.invite.how}
        onAnother={() => setMade(null)}
      />
    )
  }
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy) void make()
      }}
    >
      <p className={classes['explain']}>{t.invite.explain(swarm.name)}</p>
      <Radio.Group label={t.invite.role} value={role} onChange={(value) => setRole(value)}>
        <div className={classes['roles']}>
          {mayInvite.map((one) => (
            <Radio key={one} value={one} label={t.roles.names[one]} description={t.roles.may[one]} />
          ))}
        </div>
      </Radio.Group>
      <div className={classes['pair']}>
        <NumberInput
          label={t.invite.uses}
          value={uses}
          min={1}
          max={MAX_USES}
          allowDecimal={false}
          clampBehavior="strict"
          onChange={(value) => setUses(typeof value === 'number' ? Math.max(1, value) : 1)}
        />
        <Select
          label={t.invite.lifetime}
          value={lifetime}
          allowDeselect={false}
          data={NAMES.map((name) => ({ value: name, label: t.invite.lifetimes[name] }))}
          onChange={(value) => {
            if (value !== null) setLifetime(value)
          }}
        />
      </div>
      {error === null ? null : <Refused reason={error} />}
      <Button type="submit" loading={busy} data-autofocus>
        {t.invite.make}
      </Button>
    </form>
  )
}
