import type { Device, Members, Person } from '../../src/api/contract/index.ts'
import { InviteButton } from '../invites/invite-button.tsx'
import { InviteList } from '../invites/invite-list.tsx'
import { Page } from '../shared/page.tsx'
import { Panel } from '../shared/panel.tsx'
import { useCell } from '../state/cell.ts'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { DeviceRow } from './device-row.tsx'
import { LeavePanel } from './leave-panel.tsx'
import { PersonCard } from './person-card.tsx'
import { SuspendedCard } from './suspended-card.tsx'
import classes from './people-page.module.css'

/** Who belongs: people in their roles with their machines, helpers, invites, and the way out. */
export function PeoplePage() {
  const members = useCell(useModel().members)
  const swarm = useStatus()?.swarm ?? null
  if (members === null || swarm === null) return null
  const { active, gone, suspended } = byStanding(members)
  const helpers = members.devices.filter((device) => device.role === 'helper' && device.standing === 'active')
  const machines = members.devices.filter(
    (device) => device.standing === 'active' && device.personId !== null && !device.recovery,
  )
  return (
    <Page>
      <header className={classes['head']}>
        <p className={classes['lead']}>{t.people.lead(active.length, machines.length, helpers.length)}</p>
        <InviteButton label={t.people.invite} />
      </header>
      <div className={classes['sections']}>
        {suspended.length === 0 ? null : (
          <section aria-label={t.people.suspendedTitle} className={classes['cards']}>
            {suspended.map((person) => (
              <SuspendedCard key={person.personId} person={person} members={members} />
            ))}
          </section>
        )}
        <ul className={classes['cards']} aria-label={t.nav.people}>
          {active.map((person) => (
            <li key={person.personId} className={classes['card']}>
              <PersonCard person={person} members={members} />
            </li>
          ))}
        </ul>
        {helpers.length === 0 ? null : <Helpers helpers={helpers} />}
        <Panel title={t.people.invites}>
          <InviteList />
        </Panel>
        {gone.length === 0 ? null : <Gone people={gone} />}
        {swarm.standing === 'removed' || swarm.standing === 'left' ? null : (
          <LeavePanel swarm={swarm} members={members} />
        )}
      </div>
    </Page>
  )
}

function byStanding({ people }: Members): Readonly<Record<'active' | 'suspended' | 'gone', readonly Person[]>> {
  return {
    // What is with oneself the banner says.
    active: people.filter((person) => person.standing === 'active' || (person.self && person.standing === 'suspended')),
    suspended: people.filter((person) => person.standing === 'suspended' && !person.self),
    gone: people.filter((person) => person.standing === 'left' || person.standing === 'removed'),
  }
}

function Helpers({ helpers }: { readonly helpers: readonly Device[] }) {
  return (
    <Panel title={t.people.helpers}>
      <p className={classes['hint']}>{t.people.helpersText}</p>
      <ul className={classes['devices']}>
        {helpers.map((device) => (
          <DeviceRow key={device.deviceId} device={device} />
        ))}
      </ul>
    </Panel>
  )
}

function Gone({ people }: { readonly people: readonly Person[] }) {
  return (
    <details className={classes['gone']}>
      <summary>
        {t.people.gone} ({people.length})
      </summary>
      <ul>
        {people.map((person) => (
          <li key={person.personId}>
            <strong>{person.name}</strong>{' '}
            {person.standing === 'left' ? t.people.goneState.left : t.people.goneState.removed}
          </li>
        ))}
      </ul>
    </details>
  )
}
