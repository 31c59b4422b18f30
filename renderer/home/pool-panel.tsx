import type { PeerStatus } from '../../src/api/contract/index.ts'
import { formatBytes, formatCount, formatShare } from '../format/numbers.ts'
import { InviteButton } from '../invites/invite-button.tsx'
import { useMachineNames } from '../machines/machine-names.ts'
import { poolOf } from '../machines/pool.ts'
import type { CountedMachine } from '../machines/pool.ts'
import { t } from '../strings/index.ts'
import { SplitBar } from './split-bar.tsx'
import classes from './pool-panel.module.css'

interface Figure {
  readonly label: string
  readonly value: string
  readonly unit: string
  readonly detail: string
  /** How much each machine gives of it. */
  readonly share?: (capacity: CountedMachine['capacity']) => number
  readonly say?: (amount: number) => string
}

/** What all machines are together. */
export function PoolPanel({ status }: { readonly status: PeerStatus }) {
  const { colourOf } = useMachineNames()
  const pool = poolOf(status.machines)
  const machines = [...pool.counted].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
  return (
    <section className={classes['pool']} aria-label={t.home.oneComputer}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>
          {t.home.oneComputer}{' '}
          <span className={classes['of']}>{t.home.ofMachines(pool.here, status.machines.length)}</span>
        </h2>
        <InviteButton label={t.home.invite} />
      </header>
      <dl className={classes['figures']}>
        {figuresOf(status).map(({ label, value, unit, detail, share, say }) => (
          <div key={label} className={classes['figure']}>
            <dt className={classes['label']}>{label}</dt>
            <dd className={classes['value']}>
              <span className={classes['number']}>{value}</span>
              {unit === '' ? null : <span className={classes['unit']}>{unit}</span>}
            </dd>
            {share === undefined || say === undefined || machines.length === 0 ? null : (
              <dd className={classes['bar']}>
                <SplitBar
                  label={t.home.splitLabel(label)}
                  parts={machines.map((machine) => ({
                    key: machine.deviceId,
                    name: machine.name,
                    amount: share(machine.capacity),
                    said: say(share(machine.capacity)),
                    colour: colourOf(machine.deviceId),
                  }))}
                />
              </dd>
            )}
            <dd className={classes['detail']}>{detail}</dd>
          </div>
        ))}
      </dl>
      {pool.unknown > 0 ? <p className={classes['unknown']}>{t.home.unknownCapacity(pool.unknown)}</p> : null}
    </section>
  )
}

function figuresOf(status: PeerStatus): readonly Figure[] {
  const pool = poolOf(status.machines)
  const inUse = pool.cores === 0 ? 0 : pool.busyCores / pool.cores
  return [
    {
      label: t.home.cores,
      value: formatCount(pool.cores),
      unit: t.home.coresUnit(pool.cores),
      detail: t.home.coresDetail(formatShare(inUse)),
      share: (capacity) => capacity.cores,
      say: (amount) => t.bar.cores(amount),
    },
    bytesFigure(
      t.home.memory,
      pool.memoryBytes,
      t.home.memoryDetail(formatBytes(pool.memoryFreeBytes)),
      (capacity) => capacity.memoryBytes,
    ),
    bytesFigure(
      t.home.disk,
      pool.diskBytes,
      t.home.diskDetail(formatBytes(pool.diskFreeBytes)),
      (capacity) => capacity.diskBytes,
    ),
    { label: t.home.traffic, value: formatCount(status.messagesPerMinute), unit: '', detail: t.home.trafficDetail },
  ]
}

function bytesFigure(label: string, bytes: number, detail: string, share: NonNullable<Figure['share']>): Figure {
  const [value = '', unit = ''] = formatBytes(bytes).split(' ')
  return { label, value, unit, detail, share, say: formatBytes }
}
