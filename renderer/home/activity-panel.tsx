import { IconFileCode, IconFileText, IconHash, IconLock, IconMessage } from '@tabler/icons-react'

import { useMachineNames } from '../machines/machine-names.ts'
import { hrefOf } from '../route/route.ts'
import { Ago } from '../shared/ago.tsx'
import { Panel } from '../shared/panel.tsx'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { activityOf } from './activity.ts'
import classes from './activity-panel.module.css'

const ICONS = {
  open: IconHash,
  private: IconLock,
  direct: IconMessage,
  rich: IconFileText,
  text: IconFileCode,
} as const

export function ActivityPanel() {
  const model = useModel()
  const { nameOf } = useMachineNames()
  const activity = activityOf(useCell(model.channels) ?? [], useCell(model.documents) ?? [], nameOf)
  return (
    <Panel title={t.home.activity}>
      {activity.length === 0 ? <p className={classes['empty']}>{t.home.activityEmpty}</p> : null}
      <ul className={classes['list']}>
        {activity.map(({ key, kind, text, at, route, unread }) => {
          const Icon = ICONS[kind]
          return (
            <li key={key}>
              <a className={classes['item']} href={hrefOf(route)}>
                <Icon size={18} stroke={1.75} aria-hidden="true" className={classes['icon']} />
                <span className={classes['text']}>{text}</span>
                {unread > 0 ? <span className={classes['unread']}>{t.home.unread(unread)}</span> : null}
                <Ago at={at} className={classes['at'] ?? ''} />
              </a>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
