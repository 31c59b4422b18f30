import { useEffect } from 'react'

import type { PageName } from '../route/route.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

/** '(3) Messages · Studio Lisbon': what waits, where one is, in which swarm. */
export function useWindowTitle(page: PageName, swarm: string): void {
  const channels = useCell(useModel().channels)
  const unread = (channels ?? []).reduce((sum, channel) => sum + channel.unread, 0)
  useEffect(() => {
    document.title = t.bar.windowTitle(unread, t.nav[page], swarm)
  }, [unread, page, swarm])
}
