import type { Command } from 'commander'

import { labelOf } from '../arguments.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { printableLine } from '../text/printable.ts'
import { DEFAULT_USES, inviteText, linkOf } from './invite.ts'
import { addJoin, names } from './join.ts'

interface CreateOptions {
  readonly name?: string
  readonly as?: string
}

export function addSwarm(program: Command, tools: Tools): void {
  const swarm = program
    .command('swarm')
    .summary('make, join or rename a swarm')
    .description('The swarm of this machine.')
  addCreate(swarm, tools)
  addJoin(swarm, tools, 'swarm join')
  addRename(swarm, tools)
  withExamples(swarm, 'swarm create "Studio Lisbon"', 'swarm join murmuration://join/AbC…')
  addJoin(program, tools, 'join')
}

function addCreate(swarm: Command, tools: Tools): void {
  const create = swarm
    .command('create')
    .argument('<name>', "the swarm's name", labelOf)
    .option('--as <person>', 'your own name, as others see it; that of --name unless given', labelOf)
    .option('--name <name>', "this machine's name, as others see it", labelOf)
    .description(
      'Make a swarm with this machine as its first and you as its owner, and print a link that invites others.',
    )
    .action(async (name: string, options: CreateOptions) => {
      await createSwarm(invocation(tools, create), name, options)
    })
  withExamples(create, 'swarm create "Studio Lisbon"', 'swarm create "Studio Lisbon" --as Alice --name nas')
}

async function createSwarm(run: Invocation, name: string, options: CreateOptions): Promise<void> {
  await run.withAny(async (client, { running }) => {
    const { swarmId } = await client.call('swarm.create', { name, ...names(options) })
    const invite = await client.call('invite.create', { uses: DEFAULT_USES })
    run.printer.result({ swarmId, invite: invite.link }, () => {
      const { bold } = run.printer.colours
      return [
        `${bold(printableLine(name))} is made, with this machine in it.`,
        '',
        inviteText(invite, run.terminal.clock.now()),
        '',
        `  ${linkOf(invite)}`,
        ...(running ? [] : ['', `Next: ${run.next('up')}`]),
      ].join('\n')
    })
  })
}

function addRename(swarm: Command, tools: Tools): void {
  const rename = swarm
    .command('rename')
    .argument('<name>', 'the new name', labelOf)
    .description('Give the swarm another name, for everybody.')
    .action(async (name: string) => {
      const run = invocation(tools, rename)
      await run.withRunning((client) => client.call('swarm.rename', { name }))
      run.printer.result({ name }, () => `The swarm is called ${printableLine(name)} now.`)
    })
  withExamples(rename, 'swarm rename "Studio Porto"')
}
