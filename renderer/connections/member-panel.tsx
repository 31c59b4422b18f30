import { useEffect, useRef } from 'react'

import type { DoctorMember } from '../../src/api/contract/index.ts'
import { formatExact } from '../format/times.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { Ago } from '../shared/ago.tsx'
import { Panel } from '../shared/panel.tsx'
import { ToneIcon } from '../shared/tone-icon.tsx'
import { t } from '../strings/index.ts'
import { useSecondsUntil } from '../time/use-seconds-until.ts'
import { MemberDetails } from './member-details.tsx'
import { wayOf } from './way-of.ts'
import classes from './connections-page.module.css'

interface MemberPanelProps {
  readonly member: DoctorMember
  /** The one that was asked about. */
  readonly chosen: boolean
}

/** One machine: how it is connected, or why not, what was tried and when it is tried next. */
export function MemberPanel({ member, chosen }: MemberPanelProps) {
  const { nameOf } = useMachineNames()
  const { connection, theirView } = member
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (chosen) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const theirs = theirView?.connection
  return (
    <div ref={ref}>
      <Panel
        title={member.name}
        className={classes['member']}
        highlighted={chosen}
        aside={
          <span className={classes['state']} data-connected={connection === null ? undefined : true}>
            {connection === null ? t.connections.not : t.connections.connected}
          </span>
        }
      >
        <p className={classes['verdict']}>
          <ToneIcon tone={connection === null ? 'attention' : 'good'} />
          <span>{member.verdict}</span>
        </p>
        <dl className={classes['facts']}>
          {connection === null ? (
            <>
              <dt>{t.connections.lastSeen}</dt>
              <dd>{member.lastSeen === null ? t.connections.never : <Ago at={member.lastSeen} />}</dd>
              <dt>{t.connections.nextTry}</dt>
              <dd>
                <NextTry at={member.nextTry} />
              </dd>
            </>
          ) : (
            <>
              <dt>{t.connections.how}</dt>
              <dd>{wayOf(connection, nameOf)}</dd>
              <dt>{t.connections.roundTrip}</dt>
              <dd>
                {connection.roundTrip === null ? t.connections.notMeasured : t.connections.ms(connection.roundTrip)}
              </dd>
              <dt>{t.connections.since}</dt>
              <dd title={formatExact(connection.since)}>
                <Ago at={connection.since} />
              </dd>
            </>
          )}
          <dt>{t.connections.theirView}</dt>
          <dd>
            {theirs === undefined
              ? t.connections.theirUnknown
              : theirs === null
                ? t.connections.theirNot
                : wayOf(theirs, nameOf)}
          </dd>
        </dl>
        <MemberDetails member={member} />
      </Panel>
    </div>
  )
}

/** Counts down to the next attempt. */
function NextTry({ at }: { readonly at: number | null }) {
  const seconds = useSecondsUntil(at)
  return seconds === null ? t.connections.noTry : t.connections.inTime(seconds)
}
