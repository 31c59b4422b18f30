import type { Machine, PeerStatus } from '../../src/api/contract/index.ts'
import { formatAgo } from '../format/times.ts'
import { t } from '../strings/index.ts'

/** How much a sentence matters: well, worth knowing, wants attention, danger of loss. */
export type Tone = 'good' | 'plain' | 'attention' | 'danger'

export interface Sentence {
  readonly key: string
  readonly tone: Tone
  readonly text: string
  /** The machine that it speaks of. */
  readonly machine?: string
}

/** More machines than this are counted, not named one by one. */
const MAX_NAMED = 6

/** The state of the swarm as this machine knows it, in sentences; what matters most comes first. */
export function healthSentences(status: PeerStatus, now: number): readonly Sentence[] {
  const standing = status.swarm?.standing ?? 'active'
  if (standing !== 'active') return [{ key: standing, tone: 'attention', text: t.standing.health[standing] }]
  if (status.alone) return [{ key: 'alone', tone: 'attention', text: t.health.alone }]
  const others = othersOf(status)
  return [...onlyHere(status, others), ...arriving(status, others, now), ...lacking(status, others, now)]
}

function onlyHere(status: PeerStatus, others: readonly Machine[]): readonly Sentence[] {
  if (status.onlyHere === 0) return []
  const going = others.some((machine) => machine.online)
  const text = going ? t.health.onlyHereGoing(status.onlyHere) : t.health.onlyHere(status.onlyHere)
  return [{ key: 'only-here', tone: going ? 'plain' : 'attention', text }]
}

/** What others hold and this machine lacks, or may lack. */
function arriving(status: PeerStatus, others: readonly Machine[], now: number): readonly Sentence[] {
  const unasked = others.filter((machine) => status.notAsked.includes(machine.deviceId))
  if (unasked.length === others.length) return [{ key: 'nobody-asked', tone: 'attention', text: t.health.nobodyAsked }]
  const sentences: Sentence[] = []
  if (status.missing > 0) {
    const reachable = others.some((machine) => machine.online)
    const text = reachable ? t.health.missing(status.missing) : t.health.missingOffline(status.missing)
    sentences.push({ key: 'missing', tone: reachable ? 'plain' : 'attention', text })
  } else if (status.synced) {
    const asked = others.filter((machine) => !unasked.includes(machine))
    const text =
      unasked.length === 0
        ? t.health.allHere(asked.length)
        : t.health.allHereOfAsked(asked.map((machine) => machine.name))
    sentences.push({ key: 'all-here', tone: 'good', text })
  }
  if (unasked.length > MAX_NAMED) {
    sentences.push({ key: 'not-asked', tone: 'attention', text: t.health.notAskedMany(unasked.length) })
    return sentences
  }
  for (const machine of unasked) {
    const text = t.health.notAsked(machine.name, agoOf(machine.lastSeen, now))
    sentences.push({ key: `not-asked-${machine.deviceId}`, tone: 'attention', text, machine: machine.deviceId })
  }
  return sentences
}

/** What is here and others lack. */
function lacking(status: PeerStatus, others: readonly Machine[], now: number): readonly Sentence[] {
  const complete = others.filter((machine) => machine.behind === 0)
  if (complete.length === others.length && status.missing === 0) {
    const text = t.health.everywhere(status.machines.length, agoOf(oldestReport(complete), now))
    return [{ key: 'everywhere', tone: 'good', text }]
  }
  const sentences: Sentence[] = []
  if (complete.length > 0) {
    const text = t.health.onMachines(complete.length + 1, status.machines.length)
    sentences.push({ key: 'on-machines', tone: complete.length >= 2 ? 'good' : 'plain', text })
  }
  const incomplete = others.filter((machine) => machine.behind !== 0 && !status.notAsked.includes(machine.deviceId))
  for (const machine of incomplete.slice(0, MAX_NAMED)) {
    sentences.push({
      key: `behind-${machine.deviceId}`,
      tone: machine.online ? 'plain' : 'attention',
      text: lackingText(machine, now),
      machine: machine.deviceId,
    })
  }
  return sentences
}

function lackingText(machine: Machine, now: number): string {
  const seen = agoOf(machine.lastSeen, now)
  if (machine.behind === null) return t.health.behindUnknown(machine.name)
  if (machine.online) return t.health.behind(machine.name, machine.behind, agoOf(machine.behindAsOf, now))
  return t.health.behindOffline(machine.name, machine.behind, seen)
}

export function othersOf(status: PeerStatus): readonly Machine[] {
  return status.machines.filter((machine) => !machine.self)
}

/** Machines known to hold all that is here, this one left out. */
export function completeOthers(status: PeerStatus): readonly Machine[] {
  return othersOf(status).filter((machine) => machine.behind === 0)
}

/** The age of the oldest of these machines' reports; null where one never reported. */
export function oldestReport(machines: readonly Machine[]): number | null {
  const times = machines.map((machine) => machine.behindAsOf)
  return times.some((time) => time === null) || times.length === 0 ? null : Math.min(...times.map((time) => time ?? 0))
}

function agoOf(at: number | null, now: number): string | null {
  return at === null ? null : formatAgo(at, now)
}
