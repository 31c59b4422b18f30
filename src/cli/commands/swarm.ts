import type { Command } from 'commander'

import type { ApiEvents } from '../../api/contract/index.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { labelOf } from '../arguments.ts'
import { printableLine } from '../text/printable.ts'
import { counted } from '../text/words.ts'

interface NameOption {
  readonly name?: string
}

export function addSwarm(program: Command, tools: Tools): void {
  const swarm = program.command('swarm').summary('make a swarm').description('The swarm of this machine.')
  const create = swarm
    .command('create')
    .argument('<name>', "the swarm's name", labelOf)
    .option('--name <name>', "this machine's name, as others see it", labelOf)
    .description('Make a swarm with this machine as its first, and print the link that invites others.')
    .action(async (name: string, options: NameOption) => {
      await createSwarm(invocation(tools, create), name, options)
    })
  withExamples(create, 'swarm create "Studio Lisbon"', 'swarm create "Studio Lisbon" --name nas')
  withExamples(swarm, 'swarm create "Studio Lisbon"')

  const invite = program
    .command('invite')
    .summary('print a link that invites another machine')
    .description('Print the link with which another machine joins the swarm. Whoever has it can join.')
    .action(async () => {
      const run = invocation(tools, invite)
      const result = await run.withRunning((client) => client.call('swarm.invite', {}))
      run.printer.result({ invite: result.invite }, () => result.invite)
    })
  withExamples(invite, 'invite')

  const join = program
    .command('join')
    .argument('<invite>', 'the link that a member gave you')
    .option('--name <name>', "this machine's name, as others see it", labelOf)
    .summary('join a swarm by its link')
    .description('Join a swarm. The machine that made the link, or another member, has to be reachable.')
    .action(async (link: string, options: NameOption) => {
      await joinSwarm(invocation(tools, join), link, options)
    })
  withExamples(join, 'join murmuration://join/AbC…')
}

async function createSwarm(run: Invocation, name: string, options: NameOption): Promise<void> {
  await run.withAny(async (client, { running }) => {
    const { swarmId, invite } = await client.call('swarm.create', { name, ...machineName(options) })
    run.printer.result({ swarmId, invite }, () => {
      const { bold } = run.printer.colours
      return [
        `${bold(printableLine(name))} is made, with this machine in it.`,
        '',
        'Others join with this link. Whoever has it can join:',
        '',
        `  ${invite}`,
        ...(running ? [] : ['', `Next: ${run.next('up')}`]),
      ].join('\n')
    })
  })
}

async function joinSwarm(run: Invocation, invite: string, options: NameOption): Promise<void> {
  await run.withAny(async (client, { running }) => {
    const controller = new AbortController()
    const stop = run.terminal.onStop(() => controller.abort())
    const progress = client.on('join:progressed', (event) => run.printer.remark(stageText(event)))
    try {
      const { swarmId, name } = await client.call(
        'swarm.join',
        { invite, ...machineName(options) },
        { signal: controller.signal },
      )
      run.printer.result({ swarmId, name }, () => {
        const next = running ? run.next('status') : run.next('up')
        return `This machine is in ${run.printer.colours.bold(printableLine(name))} now.\n\nNext: ${next}`
      })
    } finally {
      progress.dispose()
      stop.dispose()
    }
  })
}

function machineName({ name }: NameOption): { readonly machineName?: string } {
  return name === undefined ? {} : { machineName: name }
}

function stageText({ stage, missing }: ApiEvents['join:progressed']): string {
  switch (stage) {
    case 'finding':
      return 'Looking for a member of the swarm …'
    case 'connecting':
      return 'Connecting …'
    case 'admitted':
      return 'Admitted.'
    case 'catching-up':
      return missing === null ? 'Catching up …' : `Catching up: ${counted(missing, 'change')} to come …`
  }
}
