import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'

import type { Members, PeerStatus, SwarmReference } from '../../src/api/contract/index.ts'
import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { Panel } from '../shared/panel.tsx'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './people-page.module.css'

interface LeavePanelProps {
  readonly swarm: SwarmReference
  readonly members: Members
}

/** The way out of the swarm, with what it means for this machine and for what is only on it. */
export function LeavePanel({ swarm, members }: LeavePanelProps) {
  const model = useModel()
  const status = useStatus()
  const [asking, setAsking] = useState(false)
  const leave = async (): Promise<void> => {
    const { told } = await model.call('swarm.leave', {})
    await model.readStatus()
    model.readMembers()
    notifications.show({ title: t.people.leftTitle, message: t.people.left(told), autoClose: 10_000 })
  }
  return (
    <Panel title={t.people.leave}>
      <p className={classes['hint']}>{t.people.leaveText(swarm.name)}</p>
      <div>
        <Button variant="default" onClick={() => setAsking(true)}>
          {t.people.leaveButton}
        </Button>
      </div>
      {asking && status !== null ? (
        <ConfirmDialog
          title={t.people.leaveTitle(swarm.name)}
          text={leaveText(status, swarm, members)}
          confirm={t.people.leaveYes}
          onClose={() => setAsking(false)}
          onConfirm={leave}
        />
      ) : null}
    </Panel>
  )
}

/** What leaving does, what stays, and what would be lost by it: paragraphs. */
function leaveText(status: PeerStatus, swarm: SwarmReference, members: Members): readonly string[] {
  const own = members.people.find((person) => person.self)
  const others = members.devices.filter(
    (device) =>
      !device.self &&
      !device.recovery &&
      device.standing === 'active' &&
      own?.devices.includes(device.deviceId) === true,
  )
  const reachable = status.machines.some((machine) => !machine.self && machine.online)
  return [
    t.people.leaveWhat(status.name, swarm.name),
    others.length === 0 ? t.people.leaveLast : t.people.leaveOthers(others.map((device) => device.name)),
    ...(status.onlyHere > 0 ? [t.people.leaveOnlyHere(status.onlyHere)] : []),
    ...(reachable || status.alone ? [] : [t.people.leaveUntold]),
  ]
}
