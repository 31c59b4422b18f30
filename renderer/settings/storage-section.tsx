import type { PeerStatus } from '../../src/api/contract/index.ts'
import { formatBytes } from '../format/numbers.ts'
import { CopyField } from '../shared/copy-field.tsx'
import { Panel } from '../shared/panel.tsx'
import { t } from '../strings/index.ts'
import classes from './settings-page.module.css'

export function StorageSection({ status }: { readonly status: PeerStatus }) {
  return (
    <Panel title={t.settings.storage}>
      <div className={classes['stack']}>
        <h3 className={classes['label']}>{t.settings.dataFolder}</h3>
        <CopyField value={status.dataDirectory} label={t.settings.dataFolder} />
      </div>
      <div>
        <h3 className={classes['label']}>{t.settings.journal}</h3>
        <p className={classes['hint']}>
          {t.settings.journalText(status.journal.entries, formatBytes(status.journal.bytes))}. {t.settings.journalHint}
        </p>
      </div>
    </Panel>
  )
}
