import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'

import type { Members, Person } from '../../src/api/contract/index.ts'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { devicesOf } from './devices-of.ts'
import { memberName } from './member-names.ts'
import { RemovePerson } from './remove-dialogs.tsx'
import classes from './person-card.module.css'

interface SuspendedCardProps {
  readonly person: Person
  readonly members: Members
}

/** Somebody who came in on an invite that was no good any more elsewhere: who let them in, and the yes or no. */
export function SuspendedCard({ person, members }: SuspendedCardProps) {
  const model = useModel()
  const [removing, setRemoving] = useState(false)
  const devices = devicesOf(person, members)
  const by = person.admittedBy === null ? null : memberName(members, person.admittedBy)
  const confirm = useAction(async () => {
    const waiting = devices.filter((device) => device.standing === 'suspended' && device.may.confirm)
    for (const device of waiting) await model.call('device.confirm', { device: device.deviceId })
    model.readMembers()
    notifications.show({ message: t.people.confirmed(person.name) })
  })
  return (
    <article className={classes['suspended']} aria-label={person.name}>
      <h2 className={classes['name']}>{person.name}</h2>
      <p>{t.people.suspended(person.name, by)}</p>
      <div className={classes['actions']}>
        {person.may.confirm ? (
          <Button size="sm" loading={confirm.busy} onClick={() => confirm.run()}>
            {t.people.confirm(person.name)}
          </Button>
        ) : (
          <p>{t.people.confirmWho}</p>
        )}
        {person.may.remove ? (
          <Button size="sm" variant="default" onClick={() => setRemoving(true)}>
            {t.people.remove(person.name)}
          </Button>
        ) : null}
      </div>
      {removing ? <RemovePerson person={person} devices={devices} onClose={() => setRemoving(false)} /> : null}
    </article>
  )
}
