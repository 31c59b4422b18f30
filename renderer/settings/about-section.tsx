import { Button } from '@mantine/core'
import { IconCheck, IconClipboardText } from '@tabler/icons-react'
import { useState } from 'react'

import type { LogExcerpt, PeerStatus } from '../../src/api/contract/index.ts'
import { Mark } from '../brand/mark.tsx'
import { Panel } from '../shared/panel.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { now } from '../time/clock.ts'
import { diagnosisText } from './diagnosis.ts'
import classes from './settings-page.module.css'

const LOG_LINES = 200

export function AboutSection({ status }: { readonly status: PeerStatus }) {
  const model = useModel()
  const [log, setLog] = useState<LogExcerpt | null>(null)
  const [copied, setCopied] = useState(false)
  const readLog = (): Promise<LogExcerpt> => model.call('peer.log', { lines: LOG_LINES })
  const toggle = useAction(async () => setLog(log === null ? await readLog() : null))
  const copy = useAction(async () => {
    // A log that can't be read must not keep the rest from whoever asks for help.
    const excerpt = await readLog().catch(() => null)
    await navigator.clipboard.writeText(diagnosisText(status, excerpt, { at: now(), browser: navigator.userAgent }))
    setCopied(true)
  })
  return (
    <Panel title={t.settings.about}>
      <div className={classes['about']}>
        <Mark size={44} className={classes['mark'] ?? ''} />
        <div>
          <p className={classes['version']}>{t.settings.version(status.version)}</p>
          <p className={classes['hint']}>{t.settings.licence}</p>
        </div>
      </div>
      <div className={classes['stack']}>
        <h3 className={classes['label']}>{t.settings.diagnosis}</h3>
        <p className={classes['hint']}>{t.settings.diagnosisHint}</p>
        <div className={classes['buttons']}>
          <Button
            variant="default"
            loading={copy.busy}
            leftSection={copied ? <IconCheck size={16} /> : <IconClipboardText size={16} />}
            onClick={() => copy.run()}
          >
            <span aria-live="polite">{copied ? t.settings.diagnosisCopied : t.settings.copyDiagnosis}</span>
          </Button>
          <Button
            variant="subtle"
            color="gray"
            loading={toggle.busy}
            aria-expanded={log !== null}
            onClick={() => toggle.run()}
          >
            {log === null ? t.settings.showLog : t.settings.hideLog}
          </Button>
        </div>
      </div>
      {log === null ? null : (
        <div className={classes['stack']}>
          <p className={classes['hint']}>
            {t.settings.logFile}: <code>{log.file}</code>
          </p>
          {/* Scrollable regions must be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className={classes['log']} tabIndex={0} aria-label={t.settings.log}>
            {log.lines.join('\n')}
          </pre>
        </div>
      )}
    </Panel>
  )
}
