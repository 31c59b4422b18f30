import { useStatus } from '../state/model-context.ts'
import { Page } from '../shared/page.tsx'
import { ActivityPanel } from './activity-panel.tsx'
import { HealthPanel } from './health-panel.tsx'
import { MapPanel } from './map-panel.tsx'
import { Notices } from './notices.tsx'
import { PoolPanel } from './pool-panel.tsx'
import { TryPanel } from './try-panel.tsx'
import classes from './home-page.module.css'

/** The swarm as one computer: what it is, whether it is well, what happened, what can be done next. */
export function HomePage() {
  const status = useStatus()
  if (status === null) return null
  return (
    <Page>
      <div className={classes['home']}>
        <Notices notices={status.notices} />
        <TryPanel status={status} />
        <PoolPanel status={status} />
        <div className={classes['columns']}>
          <MapPanel status={status} />
          <HealthPanel status={status} />
        </div>
        <ActivityPanel />
      </div>
    </Page>
  )
}
