import { Splash } from './first-run/splash.tsx'
import { RefusedPage } from './first-run/refused-page.tsx'
import { FirstRun } from './first-run/first-run.tsx'
import { Frame } from './frame/frame.tsx'
import { useCell } from './state/cell.ts'
import { useModel, useStatus } from './state/model-context.ts'

/** Which of the four faces: not allowed, not there yet, not in a swarm yet, in one. */
export function Root() {
  const link = useCell(useModel().link)
  const status = useStatus()
  if (status === null) return link.kind === 'refused' ? <RefusedPage reason={link.reason} /> : <Splash />
  return status.swarm === null ? <FirstRun status={status} /> : <Frame swarm={status.swarm} />
}
