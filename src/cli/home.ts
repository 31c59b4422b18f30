import type { ApiClient } from '../api/client/index.ts'
import type { Membership, PeerStatus } from '../api/contract/index.ts'
import { codeOf } from '../base/errors.ts'
import type { Invocation } from './command.ts'
import { healthSentences } from './text/health.ts'
import { printableLine } from './text/printable.ts'
import { isMember } from './text/roles.ts'
import { table } from './text/table.ts'

interface Step {
  readonly command: string
  readonly what: string
}

/** `murmuration` alone: how things stand on this folder, and what can be done next. */
export async function showHome(run: Invocation): Promise<void> {
  const status = await statusIfRunning(run)
  const steps = status === null ? await stepsAtRest(run) : stepsFor(run, status)
  const swarm = status?.swarm ?? null
  run.printer.result({ running: status !== null, swarm, next: steps.map(({ command }) => command) }, () => {
    const { bold, dim } = run.printer.colours
    const rows = steps.map(({ command, what }) => [`  ${command}`, what])
    const [, ...lines] = table(['', ''], rows).split('\n')
    return [
      ...standing(run, status).map((line, index) => (index === 0 ? bold(line) : line)),
      '',
      ...lines,
      '',
      dim('All commands: murmuration --help'),
    ].join('\n')
  })
}

async function statusIfRunning(run: Invocation): Promise<PeerStatus | null> {
  let client: ApiClient
  try {
    client = await run.peers.connect(run.dataDirectory)
  } catch (error) {
    if (codeOf(error) === 'NOT_RUNNING') return null
    throw error
  }
  try {
    return await client.call('peer.status', {})
  } finally {
    client.dispose()
  }
}

function standing(run: Invocation, status: PeerStatus | null): string[] {
  if (status === null) return [`No Murmuration is running on ${run.dataDirectory}.`]
  const name = printableLine(status.swarm?.name ?? status.name)
  return [name, ...healthSentences(status, run.terminal.clock.now())]
}

async function stepsAtRest(run: Invocation): Promise<Step[]> {
  const up = [
    stepOf(run, 'up --ui', 'run this machine, with its page in the browser'),
    stepOf(run, 'up', 'run this machine without a page'),
  ]
  return (await run.peers.hasData(run.dataDirectory)) ? up : [...beginning(run), ...up]
}

function beginning(run: Invocation): Step[] {
  return [
    stepOf(run, 'swarm create NAME', 'make a swarm with this machine in it'),
    stepOf(run, 'join INVITE', 'join the swarm of somebody who sent you a link'),
  ]
}

function stepOf(run: Invocation, command: string, what: string): Step {
  return { command: run.next(command), what }
}

function stepsFor(run: Invocation, status: PeerStatus): Step[] {
  const step = (command: string, what: string): Step => stepOf(run, command, what)
  const { swarm } = status
  if (swarm === null) return beginning(run)
  if (!isMember(swarm)) {
    return [
      step('doc list', 'see the documents that are here'),
      step('leave --forget', 'delete what is left of it here'),
    ]
  }
  const inviting = mayInvite(swarm) ? [step('invite', 'make a link that invites somebody')] : []
  const writing = swarm.mayWrite ? [step('doc create TITLE', 'make a document')] : []
  const linking = swarm.personId === null ? [] : [step('device link', 'add another machine of yours')]
  if (status.alone) return [...inviting, ...linking, ...writing]
  return [
    step('status', 'see the machines and what is not on all of them yet'),
    step('read CHANNEL --follow', 'read messages as they come'),
    step('doc list', 'see the documents'),
    ...inviting,
    ...(isHardToReach(status) ? [step('doctor', 'see why others cannot be reached')] : []),
  ]
}

function mayInvite({ mayInvite: roles, standing }: Membership): boolean {
  return standing === 'active' && roles.length > 0
}

/** Nobody is connected though others belong to it. */
function isHardToReach({ machines }: PeerStatus): boolean {
  return machines.every(({ connection, self }) => self || connection === null)
}
