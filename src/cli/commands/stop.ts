import type { Command } from 'commander'

import type { ApiClient } from '../../api/client/index.ts'
import { codeOf } from '../../base/errors.ts'
import { addressOf } from '../arguments.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'

export function addStop(program: Command, tools: Tools): void {
  const command = program
    .command('stop')
    .summary('stop the running peer')
    .description('Stop the peer of this folder, and wait until it has let go of it.')
    .action(async () => {
      const run = invocation(tools, command)
      await run.withRunning(stopAndWait)
      run.printer.result({ stopped: true }, () => 'Stopped.')
    })
  withExamples(command, 'stop')
}

async function stopAndWait(client: ApiClient): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    client.closed.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    await client.call('peer.stop', {})
  } catch (error) {
    if (codeOf(error) !== 'PEER_GONE') throw error
  }
  await gone
}

export function addConnect(program: Command, tools: Tools): void {
  const command = program
    .command('connect')
    .argument('<multiaddr>', 'as status --json or up show it on the other machine', addressOf)
    .summary('connect to a machine by its address')
    .description('Connect to a machine of the swarm by its address, where it is not found by itself.')
    .action(async (address: string) => {
      const run = invocation(tools, command)
      await run.withRunning((client) => client.call('peer.connect', { address }))
      run.printer.result({ address }, () => 'Connected.')
    })
  withExamples(command, 'connect /ip4/192.168.1.20/tcp/4001')
}
