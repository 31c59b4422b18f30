import type { PeerStatus } from '../../src/api/contract/index.ts'
import { formatAgo } from '../format/times.ts'
import { t } from '../strings/index.ts'
import { completeOthers, oldestReport, othersOf } from './health.ts'
import type { Tone } from './health.ts'

export interface ShutdownAnswer {
  readonly tone: Tone
  readonly text: string
}

/** 'Can this machine be shut down?' Answered from what other machines said they hold, never from hope. */
export function shutdownAnswer(status: PeerStatus, now: number): ShutdownAnswer {
  const { shutdown } = t.health
  const standing = status.swarm?.standing ?? 'active'
  if (standing === 'removed' || standing === 'left') return { tone: 'plain', text: t.standing.shutdown }
  if (status.alone) return { tone: 'attention', text: shutdown.alone }
  const othersHere = othersOf(status).some((machine) => machine.online)
  if (status.onlyHere > 0) {
    const wait = othersHere ? shutdown.notYetMoment : shutdown.notYetWait
    return { tone: 'danger', text: `${shutdown.notYet(status.onlyHere)} ${wait}` }
  }
  const complete = completeOthers(status)
  const reported = oldestReport(complete)
  const yes =
    complete.length === 0
      ? shutdown.yesSpread
      : shutdown.yes(
          complete.map((machine) => machine.name),
          reported === null ? null : formatAgo(reported, now),
        )
  return othersHere ? { tone: 'good', text: yes } : { tone: 'plain', text: `${yes} ${shutdown.butAlone}` }
}
