import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Command } from 'commander'

import { codeOf, MurmurationError, messageOf } from '../../base/errors.ts'
import { labelOf } from '../arguments.ts'
import { askLine, canAsk } from '../ask.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { readInput } from '../standard-input.ts'
import { printable } from '../text/printable.ts'
import { number } from '../text/words.ts'
import { enterSwarm, names } from './join.ts'

const PHRASE_WORDS = 24

interface RecoverOptions {
  readonly phraseFile?: string
  readonly name?: string
}

export function addRecover(program: Command, tools: Tools): void {
  const recover = program
    .command('recover')
    .argument('<link>', 'any link to the swarm, also one that was used or has expired')
    .option('--phrase-file <file>', 'the file with the 24 words, or - for standard input (asked for unless given)')
    .option('--name <name>', "this machine's name, as others see it", labelOf)
    .summary('come back with your recovery phrase')
    .description('Make this new machine one of yours again, with your recovery phrase, after you lost all others.')
    .action(async (link: string, options: RecoverOptions) => {
      const run = invocation(tools, recover)
      const phrase = await phraseOf(run, options)
      await enterSwarm(run, (client, how) =>
        client.call('swarm.recover', { phrase, invite: link, ...names(options) }, how),
      )
    })
  withExamples(
    recover,
    'recover murmuration://join/AbC…',
    'recover murmuration://join/AbC… --phrase-file words.txt --name new-laptop',
  )
}

/** The words, however they are written; also out of the whole printed sheet. What they are worth is the peer's to say. */
async function phraseOf(run: Invocation, { phraseFile }: RecoverOptions): Promise<string> {
  const text = (await phraseText(run, phraseFile)).toLowerCase()
  const numbered = [...text.matchAll(/\b\d{1,2}\.\s+([a-z]+)/g)].map(([, word = '']) => word)
  const words = numbered.length > 0 ? numbered : text.split(/\s+/).filter((word) => word !== '')
  if (words.length === PHRASE_WORDS) return words.join(' ')
  throw new MurmurationError(
    'NO_PHRASE',
    `A recovery phrase has ${PHRASE_WORDS} words, and there are ${number(words.length)}. Give those words and nothing else.`,
  )
}

async function phraseText({ terminal }: Invocation, file: string | undefined): Promise<string> {
  if (file === '-') return await readInput(terminal)
  if (file === undefined) {
    if (canAsk(terminal)) return await askLine(terminal, 'The 24 words of your recovery phrase: ')
    throw new MurmurationError(
      'NO_PHRASE',
      'Give the recovery phrase with --phrase-file FILE, or - for standard input.',
    )
  }
  try {
    return await readFile(resolve(terminal.workingDirectory, file), 'utf8')
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'there is none' : messageOf(error)
    throw new MurmurationError('NO_PHRASE', `The file ${file} cannot be read: ${why}.`, { cause: error })
  }
}

export function addRecovery(program: Command, tools: Tools): void {
  const recovery = program
    .command('recovery')
    .summary('a phrase on paper that brings you back')
    .description('A recovery phrase brings you back into the swarm when all your machines are lost.')
  const create = recovery
    .command('create')
    .option('--yes', 'print it even where the output is no terminal')
    .description('Make a recovery phrase and print the sheet to keep on paper. It is shown this once and kept nowhere.')
    .action(async ({ yes }: { readonly yes?: boolean }) => {
      const run = invocation(tools, create)
      if (run.terminal.stdout.isTTY !== true && yes !== true) {
        throw new MurmurationError(
          'NOT_SHOWN',
          'Whoever has a recovery phrase is you, so it is printed to a terminal only. To write it elsewhere give --yes.',
        )
      }
      const made = await run.withRunning((client) => client.call('recovery.make', {}))
      run.printer.result(made, () => printable(made.sheet).trimEnd())
    })
  withExamples(create, 'recovery create', 'recovery create --yes | lp')
  withExamples(recovery, 'recovery create')
}
