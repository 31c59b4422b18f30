import type { PeerStatus } from '../../src/api/contract/index.ts'
import type { LinkState } from '../connection/peer-link.ts'
import { t } from '../strings/index.ts'
import { completeOthers, othersOf } from './health.ts'
import type { Tone } from './health.ts'

export interface StatusLine {
  readonly tone: Tone
  readonly text: string
}

/** The one line at the foot: who is here, and the worst thing that is true. */
export function statusLine(link: LinkState, status: PeerStatus | null): StatusLine {
  const { line } = t.health
  if (link.kind !== 'open')
    return { tone: 'attention', text: link.kind === 'connecting' ? t.link.connecting : line.lost }
  if (status === null) return { tone: 'plain', text: t.link.connecting }
  if (status.swarm === null) return { tone: 'plain', text: line.notIn }
  const { standing } = status.swarm
  if (standing !== 'active') return { tone: 'attention', text: t.standing.line[standing] }
  if (status.alone) return { tone: 'attention', text: line.alone }
  const online = status.machines.filter((machine) => machine.self || machine.online).length
  const worst = worstFact(status)
  return { tone: worst.tone, text: `${line.here(online, status.machines.length)} · ${worst.text}` }
}

function worstFact(status: PeerStatus): StatusLine {
  const { line } = t.health
  const others = othersOf(status)
  const someoneHere = others.some((machine) => machine.online)
  if (status.onlyHere > 0) return { tone: someoneHere ? 'plain' : 'attention', text: line.onlyHere(status.onlyHere) }
  if (status.missing > 0) return { tone: someoneHere ? 'plain' : 'attention', text: line.missing(status.missing) }
  if (status.notAsked.length === others.length) return { tone: 'attention', text: line.unknown }
  const complete = completeOthers(status).length
  if (complete === others.length) return { tone: 'good', text: line.everywhere(status.machines.length) }
  return { tone: complete > 0 ? 'good' : 'plain', text: line.onMachines(complete + 1, status.machines.length) }
}
