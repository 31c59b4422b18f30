import { Splash } from './first-run/splash.tsx'
import { RefusedPage } from './first-run/refused-page.tsx'
import { FirstRun } from './first-run/first-run.tsx'
import { Frame } from './frame/frame.tsx'
import { useCell } from './state/cell.ts'
import { useModel, useStatus } from './state/model-context.ts'

/** Which of the four faces: not allowed, not there yet, not in a swarm yet (or on the way into one), in one. */
export function Root() {
  const model = useModel()
  const link = useCell(model.link)
  const joining = useCell(model.joining.state)
  const status = useStatus()
  if (status === null) return link.kind === 'refused' ? <RefusedPage reason={link.reason} /> : <Splash />
  if (status.swarm === null || joining.kind === 'running') return <FirstRun status={status} />
  return <Frame swarm={status.swarm} />
}
