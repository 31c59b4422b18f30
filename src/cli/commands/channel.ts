import type { Command } from 'commander'

import type { ChannelSummary } from '../../api/contract/index.ts'
import { labelOf } from '../arguments.ts'
import { confirm } from '../ask.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { printableLine } from '../text/printable.ts'
import { table } from '../text/table.ts'
import { ago, listed, number } from '../text/words.ts'

export function addChannel(program: Command, tools: Tools): void {
  const channel = program
    .command('channel')
    .summary('channels for messages, open or private')
    .description('Work with channels: those of the whole swarm, and private ones, which only their people know of.')
  addCreate(channel, tools)
  addList(channel, tools)
  addAdd(channel, tools)
  addRemove(channel, tools)
  addLeave(channel, tools)
  withExamples(channel, 'channel create general', 'channel create surprise --with Bob Carol', 'channel list')
}

function addCreate(channel: Command, tools: Tools): void {
  const create = channel
    .command('create')
    .argument('<name>', "the channel's name", labelOf)
    .option('--with <person...>', 'private to you and these people (names or ids)')
    .description('Make a channel: for everybody, or only for some people.')
    .action(async (name: string, { with: people }: { readonly with?: readonly string[] }) => {
      const run = invocation(tools, create)
      const request = { name, ...(people === undefined ? {} : { people: [...people] }) }
      const { id } = await run.withRunning((client) => client.call('channel.create', request))
      run.printer.result({ id }, () => {
        if (people === undefined) return `The channel ${printableLine(name)} is made.`
        const who = listed(['you', ...people.map(printableLine)])
        return `The private channel ${printableLine(name)} is made. What is written there goes to ${who} only.`
      })
    })
  withExamples(create, 'channel create general', 'channel create surprise --with Bob Carol')
}

function addList(channel: Command, tools: Tools): void {
  const list = channel
    .command('list')
    .description('List the channels and the conversations with people.')
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
}

function channelTable(channels: readonly ChannelSummary[], now: number): string {
  // Where all are open there is nothing to tell apart.
  const hasPrivate = channels.some(({ kind }) => kind !== 'open')
  const rows = channels.map((channel) => [
    typedName(channel),
    channel.unread === 0 ? '' : number(channel.unread),
    channel.lastAt === null ? 'no messages yet' : ago(channel.lastAt, now),
    ...(hasPrivate ? [peopleText(channel)] : []),
  ])
  return table(['CHANNEL', 'UNREAD', 'NEWEST', ...(hasPrivate ? ['FOR'] : [])], rows)
}

/** As it is typed for `send` and `read`; of direct conversations "@bob,carol". */
function typedName({ kind, name }: ChannelSummary): string {
  return printableLine(kind === 'direct' ? `@${name.replaceAll(', ', ',')}` : name)
}

function peopleText({ kind, may, people }: ChannelSummary): string {
  if (kind === 'open') return 'everybody'
  if (kind === 'direct') return 'direct'
  const names = people.map(({ name }) => printableLine(name)).join(', ')
  return may.write ? `private: ${names}` : `private: ${names} (you are not in it any more)`
}

function addAdd(channel: Command, tools: Tools): void {
  const add = channel
    .command('add')
    .argument('<channel>', 'its name or id', labelOf)
    .argument('<person>', 'the name or id', labelOf)
    .description('Let a person into a private channel. They get all that was said there.')
    .action(async (name: string, person: string) => {
      const run = invocation(tools, add)
      await run.withRunning((client) => client.call('channel.add', { channel: name, person }))
      run.printer.result(
        { channel: name, person },
        () => `${printableLine(person)} is in ${printableLine(name)} now, and gets all that was said there.`,
      )
    })
  withExamples(add, 'channel add surprise Carol')
}

function addRemove(channel: Command, tools: Tools): void {
  const remove = channel
    .command('remove')
    .argument('<channel>', 'its name or id', labelOf)
    .argument('<person>', 'the name or id', labelOf)
    .description('Remove a person from a private channel that you made. What they have stays readable there.')
    .action(async (name: string, person: string) => {
      const run = invocation(tools, remove)
      await run.withRunning((client) => client.call('channel.remove', { channel: name, person }))
      run.printer.result(
        { channel: name, person },
        () => `${printableLine(person)} gets nothing new from ${printableLine(name)}. What they have stays with them.`,
      )
    })
  withExamples(remove, 'channel remove surprise Carol')
}

function addLeave(channel: Command, tools: Tools): void {
  const leave = channel
    .command('leave')
    .argument('<channel>', 'its name or id', labelOf)
    .option('--yes', 'do not ask')
    .description('Leave a private channel. It disappears from your list.')
    .action(async (name: string, { yes }: { readonly yes?: boolean }) => {
      const run = invocation(tools, leave)
      await run.withRunning(async (client) => {
        const shown = printableLine(name)
        if (yes !== true) {
          await confirm(run.terminal, {
            facts: [`${shown} disappears from your list. To come back, somebody who is in it has to add you.`],
            question: `Leave ${shown}?`,
          })
        }
        await client.call('channel.leave', { channel: name })
        run.printer.result({ channel: name }, () => `You have left ${shown}.`)
      })
    })
  withExamples(leave, 'channel leave surprise', 'channel leave surprise --yes')
}
