import type { Members, Person } from '../../src/api/contract/index.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { Avatar } from '../shared/avatar.tsx'
import { t } from '../strings/index.ts'
import { DeviceRow } from './device-row.tsx'
import { devicesOf } from './devices-of.ts'
import { memberName } from './member-names.ts'
import { PersonMenu } from './person-menu.tsx'
import classes from './person-card.module.css'

interface PersonCardProps {
  readonly person: Person
  readonly members: Members
}

/** One person: the role and what it may do, their machines, and what can be done about them. */
export function PersonCard({ person, members }: PersonCardProps) {
  const { colourOf } = useMachineNames()
  const devices = devicesOf(person, members).filter(
    (device) => device.standing !== 'removed' && device.standing !== 'left',
  )
  const here = devices.some((device) => device.self || device.online)
  return (
    <article className={classes['person']} aria-label={person.name}>
      <header className={classes['head']}>
        <Avatar name={person.name} colour={colourOf(person.personId)} size={40} away={!here} />
        <div className={classes['names']}>
          <h2 className={classes['name']} title={person.name}>
            {person.name}
            {person.self ? <span className={classes['you']}> ({t.people.you})</span> : null}
          </h2>
          <p className={classes['role']}>{t.roles.names[person.role]}</p>
        </div>
        <PersonMenu person={person} devices={devices} />
      </header>
      <p className={classes['may']}>
        {t.roles.may[person.role]}{' '}
        <span className={classes['came']}>
          {person.admittedBy === null ? t.people.founder : t.people.admittedBy(memberName(members, person.admittedBy))}
        </span>
      </p>
      {devices.length === 0 ? (
        <p className={classes['may']}>{t.people.noMachines}</p>
      ) : (
        <ul className={classes['devices']} aria-label={t.people.machines}>
          {devices.map((device) => (
            <DeviceRow key={device.deviceId} device={device} />
          ))}
        </ul>
      )}
    </article>
  )
}
