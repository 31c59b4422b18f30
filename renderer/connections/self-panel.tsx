import type { DoctorReport } from '../../src/api/contract/index.ts'
import { hrefOf } from '../route/route.ts'
import { Panel } from '../shared/panel.tsx'
import { t } from '../strings/index.ts'
import { selfSentences } from './self-sentences.ts'
import classes from './connections-page.module.css'

/** This machine: where it can be reached, by whose help, and whom it helps. */
export function SelfPanel({ self }: { readonly self: DoctorReport['self'] }) {
  return (
    <Panel title={t.connections.self(self.name)} className={classes['member']}>
      <ul className={classes['sentences']}>
        {selfSentences(self).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <a className={classes['link']} href={hrefOf({ page: 'settings' })}>
        {t.connections.settings}
      </a>
      <details className={classes['details']}>
        <summary>{t.connections.details}</summary>
        <h3>{t.connections.addresses}</h3>
        <ul>
          {self.addresses.map((address) => (
            <li key={address}>
              <code>{address}</code>
            </li>
          ))}
        </ul>
        <h3>{t.machines.id}</h3>
        <ul>
          <li>
            <code>{self.deviceId}</code>
          </li>
        </ul>
      </details>
    </Panel>
  )
}
