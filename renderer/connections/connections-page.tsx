import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconClipboardText, IconRefresh } from '@tabler/icons-react'

import { hrefOf } from '../route/route.ts'
import { Page } from '../shared/page.tsx'
import { useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { now } from '../time/clock.ts'
import { doctorText } from './doctor-text.ts'
import { MemberPanel } from './member-panel.tsx'
import { SelfPanel } from './self-panel.tsx'
import { useDoctor } from './use-doctor.ts'
import classes from './connections-page.module.css'

/** How this machine reaches each other, or why it does not and what is tried next. `chosen` stands first. */
export function ConnectionsPage({ chosen }: { readonly chosen: string | null }) {
  const { error, report, again } = useDoctor()
  const version = useStatus()?.version ?? ''
  const members = [...(report?.members ?? [])].sort(
    (a, b) =>
      Number(b.deviceId === chosen) - Number(a.deviceId === chosen) ||
      Number(a.connection !== null) - Number(b.connection !== null) ||
      a.name.localeCompare(b.name),
  )
  const connected = members.filter((member) => member.connection !== null).length
  return (
    <Page>
      <header className={classes['head']}>
        <p className={classes['lead']} role="status">
          {report === null ? (error ?? t.connections.asking) : t.connections.lead(connected, members.length)}
        </p>
        <div className={classes['tools']}>
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={again}>
            {t.connections.again}
          </Button>
          {report === null ? null : (
            <CopyButton value={doctorText(report, { at: now(), version })} timeout={2000}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  leftSection={copied ? <IconCheck size={16} /> : <IconClipboardText size={16} />}
                  onClick={copy}
                >
                  <span aria-live="polite">{copied ? t.common.copied : t.connections.copy}</span>
                </Button>
              )}
            </CopyButton>
          )}
        </div>
      </header>
      {report === null ? null : (
        <div className={classes['panels']}>
          <SelfPanel self={report.self} />
          {members.map((member) => (
            <MemberPanel key={member.deviceId} member={member} chosen={member.deviceId === chosen} />
          ))}
        </div>
      )}
      <p className={classes['back']}>
        <a href={hrefOf({ page: 'machines', machine: null })}>{t.connections.back}</a>
      </p>
    </Page>
  )
}
