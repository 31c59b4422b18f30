import type { Command } from 'commander'

import type { Machine, Notice, PeerStatus } from '../../api/contract/index.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import type { Colours } from '../printer.ts'
import { healthSentences } from '../text/health.ts'
import { connectionText } from '../text/connection.ts'
import { presenceText } from '../text/presence.ts'
import { printableLine } from '../text/printable.ts'
import { table } from '../text/table.ts'
import { counted, size } from '../text/words.ts'

export function addStatus(program: Command, tools: Tools): void {
  const command = program
    .command('status')
    .summary('who is here, and what is safe')
    .description('Show the machines of the swarm, how they are connected, and what is not on all of them yet.')
    .action(async () => {
      const run = invocation(tools, command)
      const status = await run.withRunning((client) => client.call('peer.status', {}))
      run.printer.result(status, () => statusText(status, run.printer.colours, run.terminal.clock.now()))
    })
  withExamples(command, 'status', 'status --json')
}

/** The status as a person reads it. */
export function statusText(status: PeerStatus, colours: Colours, now: number): string {
  const { bold, dim, green, yellow } = colours
  const sentences = healthSentences(status, now)
  const standing = status.swarm?.standing ?? 'active'
  const calm = standing === 'active' && status.synced && status.missing === 0 && status.onlyHere === 0
  return [
    bold(printableLine(status.swarm?.name ?? status.name)),
    '',
    ...sentences.map((sentence) => `${calm ? green('●') : yellow('●')} ${sentence}`),
    ...status.notices.map((notice) => noticeText(notice, colours)),
    ...(status.machines.length === 0 ? [] : ['', machineTable(status.machines, now, colours)]),
    '',
    dim(
      `${counted(status.journal.entries, 'entry', 'entries')}, ${size(status.journal.bytes)}, in ${status.dataDirectory}`,
    ),
  ].join('\n')
}

function noticeText(notice: Notice, { red, yellow }: Colours): string {
  const mark = notice.level === 'danger' ? red('!') : yellow('!')
  return `${mark} ${printableLine(notice.text)}`
}

function machineTable(machines: readonly Machine[], now: number, { dim }: Colours): string {
  const rows = [...machines]
    .sort(byPlace)
    .map((machine) => [
      machineName(machine),
      presence(machine, now),
      machine.connection === null ? '' : connectionText(machine.connection, machines),
      machine.self ? '' : holding(machine),
    ])
  const [heading = '', ...lines] = table(['MACHINE', 'SEEN', 'CONNECTED', 'HAS'], rows).split('\n')
  return [dim(heading), ...lines].join('\n')
}

/** This one first, then those that are here, by name. */
function byPlace(a: Machine, b: Machine): number {
  return Number(b.self) - Number(a.self) || Number(b.online) - Number(a.online) || a.name.localeCompare(b.name)
}

/** What most are goes without saying. */
function machineName({ name, role }: Machine): string {
  return printableLine(role === 'helper' || role === 'observer' ? `${name} (${role})` : name)
}

function presence(machine: Machine, now: number): string {
  return machine.self ? 'this one' : presenceText(machine, now)
}

function holding({ behind }: Machine): string {
  if (behind === null) return 'not known'
  return behind === 0 ? 'everything' : `lacks ${counted(behind, 'change')}`
}
