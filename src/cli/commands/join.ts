import type { Command } from 'commander'

import type { SwarmReference } from '../../api/contract/index.ts'
import type { ApiClient, CallOptions } from '../../api/client/index.ts'
import { labelOf } from '../arguments.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { JoinProgressWriter } from '../join-progress.ts'
import { printableLine } from '../text/printable.ts'

interface JoinOptions {
  readonly name?: string
  readonly as?: string
}

/** `join LINK`, the same on its own and among the commands of the swarm. */
export function addJoin(parent: Command, tools: Tools, path: string): void {
  const join = parent
    .command('join')
    .argument('<link>', 'the invite that a member gave you, or the link of another machine of yours')
    .option('--as <person>', 'your own name, as others see it; that of --name unless given', labelOf)
    .option('--name <name>', "this machine's name, as others see it", labelOf)
    .summary('join a swarm by its link')
    .description(
      'Join a swarm, from a fresh folder or a running peer. Any member that is on lets this machine in. Ctrl-C gives up.',
    )
    .action(async (link: string, options: JoinOptions) => {
      const run = invocation(tools, join)
      await enterSwarm(run, (client, how) => client.call('swarm.join', { invite: link, ...names(options) }, how))
    })
  withExamples(join, `${path} murmuration://join/AbC…`, `${path} murmuration://join/AbC… --as Alice --name nas`)
}

/** What is given to be seen by others, as calls take it. One name stands for both. */
export function names({ name, as = name }: JoinOptions): {
  readonly machineName?: string
  readonly personName?: string
} {
  return { ...(name === undefined ? {} : { machineName: name }), ...(as === undefined ? {} : { personName: as }) }
}

/** Brings this machine into a swarm with `enter`, showing its stages, until Ctrl-C. */
export async function enterSwarm(
  run: Invocation,
  enter: (client: ApiClient, how: CallOptions) => Promise<SwarmReference>,
): Promise<void> {
  await run.withAny(async (client, { running }) => {
    const controller = new AbortController()
    const stop = run.terminal.onStop(() => {
      if (!controller.signal.aborted) run.printer.remark('Giving up …')
      controller.abort()
    })
    const writer = new JoinProgressWriter(run)
    const progress = client.on('join:progressed', (event) => writer.show(event))
    try {
      const { swarmId, name } = await enter(client, { signal: controller.signal })
      writer.dispose()
      run.printer.result({ swarmId, name }, () => {
        const next = running ? run.next('status') : run.next('up')
        return `This machine is in ${run.printer.colours.bold(printableLine(name))} now.\n\nNext: ${next}`
      })
    } finally {
      writer.dispose()
      progress.dispose()
      stop.dispose()
    }
  })
}
