import { Button } from '@mantine/core'
import { useState } from 'react'

import type { Invite } from '../../src/api/contract/index.ts'
import { formatExact, formatMoment } from '../format/times.ts'
import { memberName } from '../people/member-names.ts'
import { useAction } from '../shared/use-action.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { MadeLink } from './made-link.tsx'
import classes from './invites.module.css'

/** The invites that were made: what each does, how much of it is left, and the way to take it back. */
export function InviteList({ only }: { readonly only?: 'open' }) {
  const invites = useCell(useModel().invites) ?? []
  const open = invites.filter((invite) => invite.state === 'open')
  const closed = invites.filter((invite) => invite.state !== 'open')
  if (only === 'open' && open.length === 0) return null
  return (
    <section className={classes['list']} aria-label={t.invite.list}>
      {only === 'open' ? <h3 className={classes['listTitle']}>{t.invite.list}</h3> : null}
      {open.length === 0 ? <p className={classes['explain']}>{t.invite.listEmpty}</p> : <Rows invites={open} />}
      {only === 'open' || closed.length === 0 ? null : (
        <details className={classes['closed']}>
          <summary>{t.invite.closed(closed.length)}</summary>
          <Rows invites={closed} />
        </details>
      )}
    </section>
  )
}

function Rows({ invites }: { readonly invites: readonly Invite[] }) {
  return (
    <ul className={classes['rows']}>
      {invites.map((invite) => (
        <Row key={invite.id} invite={invite} />
      ))}
    </ul>
  )
}

function Row({ invite }: { readonly invite: Invite }) {
  const members = useCell(useModel().members)
  const [opened, setOpened] = useState<'link' | 'revoke' | null>(null)
  const isOpen = invite.state === 'open'
  const facts = [
    ...(isOpen ? [] : [t.invite.states[invite.state]]),
    t.invite.used(invite.used, invite.uses),
    ...(isOpen ? [t.invite.until(formatMoment(invite.expires))] : []),
    t.invite.by(memberName(members, invite.createdBy)),
  ]
  return (
    <li className={classes['row']}>
      <div className={classes['line']}>
        <span className={classes['what']}>
          <strong>{t.invite.row(t.roles.as[invite.role])}</strong>
          <span className={classes['facts']} title={formatExact(invite.expires)}>
            {facts.join(' · ')}
          </span>
        </span>
        {isOpen && invite.link !== null ? (
          <Button
            size="xs"
            variant="default"
            aria-expanded={opened === 'link'}
            onClick={() => setOpened(opened === 'link' ? null : 'link')}
          >
            {opened === 'link' ? t.invite.hide : t.invite.show}
          </Button>
        ) : null}
        {isOpen && invite.mayRevoke && opened !== 'revoke' ? (
          <Button size="xs" variant="subtle" color="gray" onClick={() => setOpened('revoke')}>
            {t.invite.revoke}
          </Button>
        ) : null}
      </div>
      {opened === 'revoke' ? <Revoke invite={invite} onClose={() => setOpened(null)} /> : null}
      {opened === 'link' && invite.link !== null ? (
        <MadeLink
          link={invite.link}
          says={t.invite.lets(invite.uses - invite.used, t.roles.as[invite.role], formatMoment(invite.expires))}
          how={t.invite.how}
        />
      ) : null}
    </li>
  )
}

/** In a sentence what it does, for it can't be undone. */
function Revoke({ invite, onClose }: { readonly invite: Invite; readonly onClose: () => void }) {
  const model = useModel()
  const revoke = useAction(async () => {
    await model.call('invite.revoke', { invite: invite.id })
    model.readMembers()
    onClose()
  })
  return (
    <div className={classes['revoke']} role="group" aria-label={t.invite.revoke}>
      <p>{t.invite.revokeAsk}</p>
      <Button size="xs" color="red" loading={revoke.busy} onClick={() => revoke.run()} autoFocus>
        {t.invite.revokeYes}
      </Button>
      <Button size="xs" variant="default" onClick={onClose}>
        {t.invite.revokeNo}
      </Button>
    </div>
  )
}
