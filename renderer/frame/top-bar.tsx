import { UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'

import type { SwarmReference } from '../../src/api/contract/index.ts'
import { formatBytes } from '../format/numbers.ts'
import { poolOf } from '../machines/pool.ts'
import type { PageName } from '../route/route.ts'
import { useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { COMMAND_KEY } from './platform.ts'
import { SwarmMenu } from './swarm-menu.tsx'
import { ThemeSwitch } from './theme-switch.tsx'
import classes from './top-bar.module.css'

/** The page's name, the swarm in three figures, and what is always at hand. */
export function TopBar({ swarm, page }: { readonly swarm: SwarmReference; readonly page: PageName }) {
  return (
    <header className={classes['bar']}>
      <div className={classes['small']}>
        <SwarmMenu swarm={swarm} />
      </div>
      <h1 className={classes['title']}>{t.nav[page]}</h1>
      <Facts />
      <div className={classes['tools']}>
        <UnstyledButton className={classes['search'] ?? ''} onClick={() => spotlight.open()}>
          <IconSearch size={16} aria-hidden="true" />
          <span className={classes['searchLabel']}>{t.bar.search}</span>
          <kbd className={classes['keys']} aria-hidden="true">
            {COMMAND_KEY} K
          </kbd>
        </UnstyledButton>
        <ThemeSwitch />
      </div>
    </header>
  )
}

function Facts() {
  const machines = useStatus()?.machines ?? []
  const pool = poolOf(machines)
  const facts = [t.bar.machines(machines.length)]
  if (pool.cores > 0) facts.push(t.bar.cores(pool.cores))
  if (pool.diskFreeBytes > 0) facts.push(t.bar.free(formatBytes(pool.diskFreeBytes)))
  return <p className={classes['facts']}>{facts.join(' · ')}</p>
}
