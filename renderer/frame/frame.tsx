import { useCallback } from 'react'

import type { Membership, SwarmReference } from '../../src/api/contract/index.ts'
import { useRoute } from '../route/route.ts'
import { StandingBanner } from '../standing/standing-banner.tsx'
import { t } from '../strings/index.ts'
import { Announcer } from './announcer.tsx'
import { CommandPalette } from './command-palette.tsx'
import { Dialogs } from './dialogs.tsx'
import { LinkBanner } from './link-banner.tsx'
import { OpenedInvite } from './opened-invite.tsx'
import { PageHost } from './page-host.tsx'
import { SideBar } from './side-bar.tsx'
import { StatusFoot } from './status-foot.tsx'
import { TopBar } from './top-bar.tsx'
import { useShortcuts } from './use-shortcuts.ts'
import { useWindowTitle } from './use-window-title.ts'
import classes from './frame.module.css'

/** What surrounds every page: side bar, top bar, status at the foot. */
export function Frame({ swarm }: { readonly swarm: SwarmReference & Membership }) {
  const route = useRoute()
  useShortcuts()
  useWindowTitle(route.page, swarm.name)
  const focusPage = useCallback(() => document.getElementById('page')?.focus(), [])
  return (
    <div className={classes['frame']}>
      <button type="button" className={classes['skip']} onClick={focusPage}>
        {t.nav.skip}
      </button>
      <SideBar swarm={swarm} page={route.page} />
      <TopBar swarm={swarm} page={route.page} />
      <main className={classes['main']} id="page" tabIndex={-1}>
        <LinkBanner />
        <StandingBanner swarm={swarm} />
        <div className={classes['page']}>
          <PageHost route={route} />
        </div>
      </main>
      <StatusFoot />
      <CommandPalette />
      <Dialogs />
      <Announcer />
      <OpenedInvite swarm={swarm} />
    </div>
  )
}
