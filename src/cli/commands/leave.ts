import type { Command } from 'commander'

import type { ApiClient } from '../../api/client/index.ts'
import type { PeerStatus } from '../../api/contract/index.ts'
import { MurmurationError } from '../../base/errors.ts'
import { confirm } from '../ask.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { printableLine } from '../text/printable.ts'
import { isMember } from '../text/roles.ts'
import { counted } from '../text/words.ts'

interface LeaveOptions {
  readonly forget?: boolean
  readonly yes?: boolean
}

interface Outcome {
  /** Whether it left now: it may have been no member before. */
  readonly left: boolean
  /** Machines that know of it. */
  readonly told: number
  readonly forgotten: boolean
}

export function addLeave(program: Command, tools: Tools): void {
  const command = program
    .command('leave')
    .option('--forget', 'also delete everything of the swarm from this machine')
    .option('--yes', 'do not ask')
    .summary('leave the swarm with this machine')
    .description('Leave the swarm with this machine. What is here stays readable, unless it is to be forgotten.')
    .action(async (options: LeaveOptions) => {
      const run = invocation(tools, command)
      await run.withRunning((client) => leave(run, client, options))
    })
  withExamples(command, 'leave', 'leave --forget', 'leave --forget --yes --json')
}

async function leave(run: Invocation, client: ApiClient, options: LeaveOptions): Promise<void> {
  const status = await client.call('peer.status', {})
  const { swarm } = status
  if (swarm === null) throw new MurmurationError('NO_SWARM', 'This machine is in no swarm, so there is none to leave.')
  const member = isMember(swarm)
  const forget = options.forget === true
  if (!member && !forget) {
    throw new MurmurationError(
      'NOT_A_MEMBER',
      `This machine is no member of ${printableLine(swarm.name)} any more. To delete what is left of it here: ${run.next('leave --forget')}`,
    )
  }
  if (options.yes !== true)
    await confirm(run.terminal, { facts: warnings(status, { forget }), question: question(status) })
  const { told } = member ? await client.call('swarm.leave', {}) : { told: 0 }
  if (forget) await client.call('swarm.forget', {})
  const outcome: Outcome = { left: member, told, forgotten: forget }
  run.printer.result(outcome, () => outcomeText(run, status, outcome))
}

function question({ swarm }: PeerStatus): string {
  const name = printableLine(swarm?.name ?? '')
  return swarm !== null && isMember(swarm) ? `Leave ${name}?` : `Forget ${name}?`
}

/** What cannot be had back. */
function warnings(status: PeerStatus, { forget }: { readonly forget: boolean }): string[] {
  const { alone, onlyHere } = status
  const here =
    onlyHere === 0
      ? 'Nothing is only on this machine: all that it holds is on another as well.'
      : `${counted(onlyHere, 'change')} ${onlyHere === 1 ? 'is' : 'are'} only on this machine. Nobody else gets them once it has left.`
  return [
    alone ? 'This is the only machine of the swarm: without it the swarm is gone.' : here,
    forget ? 'Everything of the swarm is deleted from this machine.' : 'What is here stays readable on this machine.',
    'It can come back only with a new invite.',
  ]
}

function outcomeText(run: Invocation, { alone, swarm }: PeerStatus, { forgotten, left, told }: Outcome): string {
  const name = printableLine(swarm?.name ?? '')
  const who =
    told === 0
      ? 'No other machine knows of it yet.'
      : `${counted(told, 'machine')} ${told === 1 ? 'knows' : 'know'} of it.`
  return [
    ...(left ? [`This machine has left ${name}.${alone ? '' : ` ${who}`}`] : []),
    forgotten
      ? `Everything of ${name} is deleted from this machine.`
      : `What is here stays readable. To delete it: ${run.next('leave --forget')}`,
  ].join('\n')
}
