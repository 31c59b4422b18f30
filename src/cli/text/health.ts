import type { Machine, PeerStatus } from '../../api/contract/index.ts'
import { printableLine } from './printable.ts'
import { endedSentences, placeSentences } from './standing.ts'
import { ago, counted, listed } from './words.ts'

/** More machines than this are counted, not named. */
const MAX_NAMED = 4

/** What a person wants to know of the swarm's state, in sentences that say only what is known. */
export function healthSentences(status: PeerStatus, now: number): string[] {
  if (status.swarm === null) return ['This machine is in no swarm yet.']
  const ended = endedSentences(status.swarm, now)
  if (ended.length > 0) return ended
  return [...placeSentences(status.swarm), ...copySentences(status, now)]
}

/** Where everything is. */
function copySentences(status: PeerStatus, now: number): string[] {
  if (status.alone) return ['This is the only machine of the swarm so far, so nothing is copied anywhere else.']
  const sentences = [...arriving(status), ...leaving(status), ...lacking(status, now), ...unasked(status)]
  if (sentences.length > 0) return sentences
  if (!status.synced) return ['The other machines are being asked what they have.']
  const unknown = status.machines.filter((machine) => machine.behind === null)
  return unknown.length === 0
    ? [`Everything is on all ${counted(status.machines.length, 'machine')}.`]
    : [`Everything that the others have is here. What ${named(unknown)} lack is not known yet.`]
}

function arriving({ missing }: PeerStatus): string[] {
  return missing === 0
    ? []
    : [`${counted(missing, 'change')} of others ${missing === 1 ? 'is' : 'are'} still on the way here.`]
}

function leaving({ onlyHere, machines }: PeerStatus): string[] {
  if (onlyHere === 0) return []
  const reachable = machines.some((machine) => !machine.self && machine.connection !== null)
  const then = reachable ? 'They are going out now.' : 'They go out when another is reachable.'
  return [`${counted(onlyHere, 'change')} ${onlyHere === 1 ? 'is' : 'are'} only on this machine. ${then}`]
}

function lacking({ machines }: PeerStatus, now: number): string[] {
  return machines
    .filter((machine) => !machine.self && machine.behind !== null && machine.behind > 0)
    .slice(0, MAX_NAMED)
    .map((machine) => `${nameOf(machine)} ${seen(machine, now)}lacks ${counted(machine.behind ?? 0, 'change')}.`)
}

function seen(machine: Machine, now: number): string {
  if (machine.online) return ''
  return machine.lastSeen === null ? 'has not been seen yet and ' : `was last seen ${ago(machine.lastSeen, now)} and `
}

function unasked({ machines, notAsked }: PeerStatus): string[] {
  const missed = machines.filter((machine) => notAsked.includes(machine.deviceId))
  if (missed.length === 0) return []
  return [`${named(missed)} could not be asked since the start, and may have more.`]
}

function named(machines: readonly Machine[]): string {
  const names = machines.slice(0, MAX_NAMED).map(nameOf)
  const more = machines.length - names.length
  return listed(more === 0 ? names : [...names, `${more} more`])
}

function nameOf(machine: Machine): string {
  return printableLine(machine.name)
}
