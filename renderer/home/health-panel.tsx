import type { PeerStatus } from '../../src/api/contract/index.ts'
import { HEALTH_ID } from '../frame/status-foot.tsx'
import { healthSentences } from '../health/health.ts'
import { shutdownAnswer } from '../health/shutdown.ts'
import { hrefOf } from '../route/route.ts'
import { Panel } from '../shared/panel.tsx'
import { ToneIcon } from '../shared/tone-icon.tsx'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { useNow } from '../time/clock.ts'
import classes from './health-panel.module.css'

/** Is it safe? In sentences, from facts. */
export function HealthPanel({ status }: { readonly status: PeerStatus }) {
  const now = useNow()
  const connected = useCell(useModel().link).kind === 'open'
  const answer = connected
    ? shutdownAnswer(status, now)
    : ({ tone: 'attention', text: t.health.shutdown.notConnected } as const)
  return (
    <Panel title={t.health.title} id={HEALTH_ID}>
      <ul className={classes['sentences']} data-stale={!connected || undefined}>
        {connected ? null : (
          <li className={classes['sentence']}>
            <ToneIcon tone="attention" />
            <span>{t.health.stale}</span>
          </li>
        )}
        {healthSentences(status, now).map(({ key, tone, text, machine }) => (
          <li key={key} className={classes['sentence']}>
            <ToneIcon tone={tone} />
            {machine === undefined ? <span>{text}</span> : <a href={hrefOf({ page: 'machines', machine })}>{text}</a>}
          </li>
        ))}
      </ul>
      <div className={classes['shutdown']} data-tone={answer.tone}>
        <h3 className={classes['question']}>{t.health.shutdown.question}</h3>
        <p className={classes['answer']}>
          <ToneIcon tone={answer.tone} />
          <span>{answer.text}</span>
        </p>
      </div>
    </Panel>
  )
}
