import type { LogExcerpt, Machine, PeerStatus } from '../../src/api/contract/index.ts'
import { formatBytes } from '../format/numbers.ts'

export interface DiagnosisContext {
  /** Wall time in milliseconds. */
  readonly at: number
  readonly browser: string
}

/** What somebody who helps needs to know, as plain text. No message and no document. Always in English, for it is read by strangers. */
export function diagnosisText(status: PeerStatus, log: LogExcerpt | null, context: DiagnosisContext): string {
  const lines = [
    `Murmuration ${status.version}, ${new Date(context.at).toISOString()}`,
    `Window: ${context.browser}`,
    `Machine: ${status.name} ${status.deviceId}`,
    `Swarm: ${status.swarm === null ? 'none' : status.swarm.swarmId}`,
    `Data folder: ${status.dataDirectory}`,
    `Journal: ${status.journal.entries} entries, ${formatBytes(status.journal.bytes)}`,
    `Synced: ${status.synced}, alone: ${status.alone}, missing here: ${status.missing}, only here: ${status.onlyHere}, not asked: ${status.notAsked.length}`,
    `Messages a minute: ${status.messagesPerMinute}`,
    'Addresses:',
    ...status.addresses.map((address) => `  ${address}`),
    'Machines:',
    ...status.machines.map((machine) => `  ${machineLine(machine, context.at)}`),
    'Notices:',
    ...status.notices.map((notice) => `  ${notice.level} ${notice.code}: ${notice.text}`),
  ]
  if (log !== null) lines.push(`Log (${log.file}):`, ...log.lines)
  return `${lines.join('\n')}\n`
}

function machineLine(machine: Machine, at: number): string {
  const { connection } = machine
  const seconds = (time: number | null): string => (time === null ? 'never' : `${Math.round((at - time) / 1000)} s ago`)
  const way =
    connection === null
      ? 'not connected'
      : `${connection.route} ${connection.address} ${connection.roundTrip ?? '?'} ms`
  return `${machine.name} ${machine.deviceId}: ${machine.self ? 'self' : machine.online ? 'online' : 'offline'}, ${way}, behind ${machine.behind ?? '?'} (${seconds(machine.behindAsOf)}), seen ${seconds(machine.lastSeen)}`
}
