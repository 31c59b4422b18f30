import type { Command } from 'commander'

import type { ApiClient } from '../../api/client/index.ts'
import type { Message } from '../../api/contract/index.ts'
import { MAX_LIMIT, limitOf } from '../arguments.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, quoted, withExamples } from '../command.ts'
import { followMessages } from '../follow.ts'
import { MessageWriter } from '../text/messages.ts'
import { printableLine } from '../text/printable.ts'

const DEFAULT_LIMIT = 50

interface ReadOptions {
  readonly limit: number
  readonly before?: string
  readonly follow?: boolean
}

export function addRead(program: Command, tools: Tools): void {
  const command = program
    .command('read')
    .argument('<channel>', 'its name or id, or @ and the names of people')
    .option('--limit <n>', `at most so many, the newest (up to ${MAX_LIMIT})`, limitOf, DEFAULT_LIMIT)
    .option('--before <id>', 'those before this message')
    .option('--follow', 'go on with those that come, until Ctrl-C')
    .summary('read messages')
    .description('Read the messages of a channel, the oldest first, and on how many machines each one is or waits.')
    .action(async (channel: string, options: ReadOptions) => {
      const run = invocation(tools, command)
      await run.withRunning((client) => read(run, client, channel, options))
    })
  withExamples(command, 'read general', 'read general --limit 10', 'read @Bob', 'read general --follow --json')
}

async function read(run: Invocation, client: ApiClient, channel: string, options: ReadOptions): Promise<void> {
  const { limit, before } = options
  const request = { channel, limit, ...(before === undefined ? {} : { before }) }
  if (options.follow === true) {
    await follow(run, client, request)
    return
  }
  const page = await client.call('message.read', request)
  run.printer.result(page.messages, () => {
    const { dim } = run.printer.colours
    if (page.messages.length === 0) return dim('No messages here yet.')
    const writer = new MessageWriter(run.printer.colours)
    const earlier = page.more
      ? [dim(`Earlier ones: ${run.next(`read ${quoted(printableLine(channel))} --before ${page.messages[0]?.id}`)}`)]
      : []
    return [...earlier, ...page.messages.map((message) => writer.text(message))].join('\n')
  })
}

async function follow(
  run: Invocation,
  client: ApiClient,
  request: { readonly channel: string; readonly limit: number; readonly before?: string },
): Promise<void> {
  const writer = new MessageWriter(run.printer.colours)
  const show = (message: Message): void => run.printer.result(message, () => writer.text(message))
  const stopped = new AbortController()
  const stop = run.terminal.onStop(() => stopped.abort())
  try {
    await followMessages(client, request, { show, signal: stopped.signal })
  } finally {
    stop.dispose()
  }
}
