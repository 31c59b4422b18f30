import { VisuallyHidden } from '@mantine/core'
import type { SwarmReference } from '../../src/api/contract/index.ts'
import { formatCount } from '../format/numbers.ts'
import { hrefOf } from '../route/route.ts'
import type { PageName } from '../route/route.ts'
import { useCell } from '../state/cell.ts'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { DESTINATIONS, SETTINGS, placeOf } from './navigation.ts'
import type { Destination } from './navigation.ts'
import classes from './side-bar.module.css'
import { SwarmMenu } from './swarm-menu.tsx'

/** The way to every page. Folds into icons, and on a phone into a bar at the bottom. */
export function SideBar({ swarm, page }: { readonly swarm: SwarmReference; readonly page: PageName }) {
  const counts = useCounts()
  return (
    <nav className={classes['side']} aria-label={t.nav.label}>
      <div className={classes['swarm']}>
        <SwarmMenu swarm={swarm} />
      </div>
      <ul className={classes['list']}>
        {DESTINATIONS.map((destination) => (
          <Item key={destination.page} destination={destination} current={page} count={counts[destination.page]} />
        ))}
        <li className={classes['gap']} aria-hidden="true" />
        <Item destination={SETTINGS} current={page} isSpare />
      </ul>
    </nav>
  )
}

interface Count {
  readonly count: number
  /** What it counts waits for this person. */
  readonly calls: boolean
  /** In words. */
  readonly what?: string
}

function useCounts(): Partial<Record<PageName, Count>> {
  const model = useModel()
  const channels = useCell(model.channels)
  const documents = useCell(model.documents)
  const people = useCell(model.members)?.people ?? []
  const active = people.filter((person) => person.standing === 'active').length
  const waiting = people.filter((person) => person.may.confirm).length
  const machines = useStatus()?.machines.length ?? 0
  const unread = (channels ?? []).reduce((sum, channel) => sum + channel.unread, 0)
  return {
    messages: { count: unread, calls: true, what: t.nav.unread(unread) },
    documents: { count: documents?.length ?? 0, calls: false },
    machines: { count: machines, calls: false },
    people:
      waiting > 0 ? { count: waiting, calls: true, what: t.nav.waiting(waiting) } : { count: active, calls: false },
  }
}

interface ItemProps {
  readonly destination: Destination
  readonly current: PageName
  readonly count?: Count | undefined
  /** Left to the swarm's menu where there is no room for it. */
  readonly isSpare?: boolean
}

function Item({ destination, current, count, isSpare = false }: ItemProps) {
  const Icon = destination.icon
  const shown = count !== undefined && count.count > 0
  return (
    <li data-spare={isSpare || undefined}>
      <a
        className={classes['item']}
        href={hrefOf(destination.route)}
        aria-current={destination.page === placeOf(current) ? 'page' : undefined}
        title={destination.label}
      >
        <Icon size={20} stroke={1.75} aria-hidden="true" />
        <span className={classes['label']}>{destination.label}</span>
        {shown ? (
          <span className={classes['count']} data-calls={count.calls || undefined}>
            {formatCount(count.count)}
            {count.calls ? <VisuallyHidden> {count.what}</VisuallyHidden> : null}
          </span>
        ) : null}
      </a>
    </li>
  )
}
