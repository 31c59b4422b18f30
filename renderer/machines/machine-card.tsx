import type { Machine } from '../../src/api/contract/index.ts'
import { formatBytes, formatShare } from '../format/numbers.ts'
import { formatAgo, formatExact } from '../format/times.ts'
import { hrefOf } from '../route/route.ts'
import { Avatar } from '../shared/avatar.tsx'
import { t } from '../strings/index.ts'
import { useNow } from '../time/clock.ts'
import { useMachineNames } from './machine-names.ts'
import classes from './machine-card.module.css'

interface MachineCardProps {
  readonly machine: Machine
  /** Its level among the headings around it. */
  readonly heading?: 'h2' | 'h3'
}

/** All that is known of one machine, in words. */
export function MachineCard({ machine, heading: Heading = 'h3' }: MachineCardProps) {
  const { nameOf, colourOf } = useMachineNames()
  const now = useNow()
  const here = machine.self || machine.online
  const links = (machine.links ?? []).map((id) => nameOf(id))
  return (
    <article className={classes['card']} aria-label={machine.name}>
      <header className={classes['head']}>
        <Avatar name={machine.name} colour={colourOf(machine.deviceId)} size={40} away={!here} />
        <div className={classes['names']}>
          <Heading className={classes['name']} title={machine.name}>
            {machine.name}
          </Heading>
          <p className={classes['state']} title={machine.lastSeen === null ? undefined : formatExact(machine.lastSeen)}>
            {stateOf(machine, now, nameOf)}
          </p>
        </div>
        <span className={classes['presence']} data-here={here || undefined}>
          {here ? t.machines.here : t.machines.awayShort}
        </span>
      </header>
      <dl className={classes['facts']}>
        <dt>{t.machines.whose}</dt>
        <dd>{whoseOf(machine)}</dd>
        <dt>{t.machines.gives}</dt>
        <dd>
          <Gives machine={machine} />
        </dd>
        {machine.self ? null : (
          <>
            <dt>{t.machines.holds}</dt>
            <dd>{holdsOf(machine, now)}</dd>
          </>
        )}
        {machine.links === null ? null : (
          <>
            <dt>{t.machines.links}</dt>
            <dd>{links.length === 0 ? t.machines.linksNone : t.machines.linksTo(links)}</dd>
          </>
        )}
        {machine.capacity === null ? null : (
          <>
            <dt>{t.machines.platform}</dt>
            <dd>{machine.capacity.platform}</dd>
          </>
        )}
      </dl>
      {machine.self ? null : (
        <a className={classes['how']} href={hrefOf({ page: 'connections', machine: machine.deviceId })}>
          {t.nav.connections}
        </a>
      )}
      <details className={classes['details']}>
        <summary>{t.machines.details}</summary>
        {machine.connection === null ? null : (
          <p>
            {t.machines.address}: <code>{machine.connection.address}</code>
          </p>
        )}
        <p>
          {t.machines.id}: <code>{machine.deviceId}</code>
        </p>
      </details>
    </article>
  )
}

function Gives({ machine }: { readonly machine: Machine }) {
  const { capacity } = machine
  if (capacity === null) return t.machines.nothingSaid
  return (
    <>
      {t.machines.cores(capacity.cores, formatShare(capacity.load))}
      <br />
      {t.machines.memory(formatBytes(capacity.memoryBytes), formatBytes(capacity.memoryFreeBytes))}
      <br />
      {t.machines.disk(formatBytes(capacity.diskBytes), formatBytes(capacity.diskFreeBytes))}
    </>
  )
}

function whoseOf(machine: Machine): string {
  if (machine.personName === null) return t.machines.helper
  return t.machines.role(machine.personName, t.roles.names[machine.role])
}

function stateOf(machine: Machine, now: number, nameOf: (deviceId: string) => string): string {
  if (machine.self) return t.machines.self
  if (!machine.online) return t.machines.away(machine.lastSeen === null ? null : formatAgo(machine.lastSeen, now))
  if (machine.connection === null) return t.machines.onlineElsewhere
  const { relayedBy, route, roundTrip } = machine.connection
  const way = relayedBy === null ? t.machines.routes[route] : t.machines.relayedBy(nameOf(relayedBy))
  return roundTrip === null ? way : `${way}, ${t.machines.roundTrip(roundTrip)}`
}

function holdsOf(machine: Machine, now: number): string {
  if (machine.behind === null) return t.machines.notSaid
  const what = machine.behind === 0 ? t.machines.complete : t.machines.lacks(machine.behind)
  return machine.behindAsOf === null ? what : `${what} (${t.machines.saidAt(formatAgo(machine.behindAsOf, now))})`
}
