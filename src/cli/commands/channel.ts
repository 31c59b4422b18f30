import type { Command } from 'commander'

import type { ChannelSummary } from '../../api/contract/index.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { labelOf } from '../arguments.ts'
import { textOf } from '../standard-input.ts'
import { printableLine } from '../text/printable.ts'
import { table } from '../text/table.ts'
import { ago, number } from '../text/words.ts'

export function addChannel(program: Command, tools: Tools): void {
  const channel = program
    .command('channel')
    .summary('channels for messages')
    .description('Work with the channels of the swarm.')
  const create = channel
    .command('create')
    .argument('<name>', "the channel's name", labelOf)
    .description('Make a channel.')
    .action(async (name: string) => {
      const run = invocation(tools, create)
      const { id } = await run.withRunning((client) => client.call('channel.create', { name }))
      run.printer.result({ id }, () => `The channel ${printableLine(name)} is made.`)
    })
  withExamples(create, 'channel create general')

  const list = channel
    .command('list')
    .description('List the channels.')
    .action(async () => {
      const run = invocation(tools, list)
      const channels = await run.withRunning((client) => client.call('channel.list', {}))
      run.printer.result(channels, () =>
        channels.length === 0
          ? `No channels yet. Make one with: ${run.next('channel create general')}`
          : channelTable(channels, run.terminal.clock.now()),
      )
    })
  withExamples(list, 'channel list', 'channel list --json')
  withExamples(channel, 'channel create general', 'channel list')
}

function channelTable(channels: readonly ChannelSummary[], now: number): string {
  const rows = channels.map(({ name, unread, lastAt }) => [
    printableLine(name),
    unread === 0 ? '' : number(unread),
    lastAt === null ? 'no messages yet' : ago(lastAt, now),
  ])
  return table(['CHANNEL', 'UNREAD', 'NEWEST'], rows)
}

export function addSend(program: Command, tools: Tools): void {
  const command = program
    .command('send')
    .argument('<channel>', 'its name or id')
    .argument('<text...>', 'the message, or - for standard input')
    .summary('post a message')
    .description('Post a message. It is kept on this machine when the command ends, and goes out by itself.')
    .action(async (channel: string, words: readonly string[]) => {
      const run = invocation(tools, command)
      const text = await textOf(words, run.terminal)
      const { id, acknowledged } = await run.withRunning((client) => client.call('message.send', { channel, text }))
      run.printer.result({ id, acknowledged }, () => 'Sent.')
    })
  withExamples(command, 'send general "Lunch at one?"', 'uptime | murmuration send general -')
}
