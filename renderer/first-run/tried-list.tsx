import type { JoinProgress } from '../../src/api/contract/index.ts'
import { plainAddress } from '../format/address.ts'
import { t } from '../strings/index.ts'
import classes from './join-stages.module.css'

interface TriedListProps {
  readonly tried: JoinProgress['tried']
  readonly opened?: boolean
}

/** Where the swarm was looked for, and what came of it. */
export function TriedList({ tried, opened = false }: TriedListProps) {
  return (
    <details className={classes['tried']} open={opened}>
      <summary>{t.firstRun.tried}</summary>
      <ul>
        {tried.map(({ address, result }) => (
          <li key={address}>
            <strong>{plainAddress(address)}</strong> {result ?? t.firstRun.underWay}
          </li>
        ))}
      </ul>
    </details>
  )
}
