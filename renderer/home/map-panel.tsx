import type { PeerStatus } from '../../src/api/contract/index.ts'
import { Panel } from '../shared/panel.tsx'
import { t } from '../strings/index.ts'
import { SwarmMap } from './swarm-map.tsx'
import classes from './map-panel.module.css'

const LEGEND = ['near', 'far', 'relayed', 'others'] as const

export function MapPanel({ status }: { readonly status: PeerStatus }) {
  const legend = LEGEND.filter((kind) => kind !== 'others' || status.machines.length > 2)
  return (
    <Panel title={t.home.map} className={classes['panel']}>
      <SwarmMap machines={status.machines} />
      <div className={classes['foot']}>
        <p className={classes['hint']}>{t.home.mapHint}</p>
        <ul className={classes['legend']}>
          {legend.map((kind) => (
            <li key={kind}>
              <svg width="28" height="8" aria-hidden="true">
                <line className={classes[kind]} x1="1" y1="4" x2="27" y2="4" />
              </svg>
              {t.home.legend[kind]}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  )
}
