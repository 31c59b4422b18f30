import type { Command } from 'commander'

import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { textOf } from '../standard-input.ts'

export function addSend(program: Command, tools: Tools): void {
  const command = program
    .command('send')
    .argument('<channel>', 'its name or id, or @ and the names of people')
    .argument('<text...>', 'the message, or - for standard input')
    .summary('post a message')
    .description(
      'Post a message to a channel, or to people alone: @Bob, or @Bob,Carol. It is kept on this machine when the command ends, and goes out by itself.',
    )
    .action(async (to: string, words: readonly string[]) => {
      const run = invocation(tools, command)
      const text = await textOf(words, run.terminal)
      const people = peopleOf(to)
      const { id, acknowledged } = await run.withRunning(async (client) => {
        const channel = people.length > 0 ? (await client.call('channel.direct', { people })).id : to
        return await client.call('message.send', { channel, text })
      })
      run.printer.result({ id, acknowledged }, () => 'Sent.')
    })
  withExamples(
    command,
    'send general "Lunch at one?"',
    'send @Bob "Only between us"',
    'send @Bob,Carol "Only the three of us"',
    'uptime | murmuration send general -',
  )
}

/** The names behind an @, "@Bob" or "@Bob,Carol"; none where a channel is meant. */
function peopleOf(to: string): string[] {
  if (!to.startsWith('@')) return []
  return to
    .slice(1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
