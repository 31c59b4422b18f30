import { CommanderError } from 'commander'

import { MurmurationError, messageOf } from '../base/errors.ts'
import type { SharedOptions, Tools } from './command.ts'
import { Invocation } from './command.ts'
import { showHome } from './home.ts'
import { createProgram } from './program.ts'
import { operandsLast, usualCommand } from './operands.ts'
import { printable } from './text/printable.ts'

/** Exit statuses that other tools rely on. */
const SUCCESS = 0
const FAILURE = 1
const BAD_USAGE = 2

/** Runs one command line to its end and returns the exit status. Never rejects. */
export async function runCli(args: readonly string[], tools: Tools, version: string): Promise<number> {
  try {
    const words = operandsLast(usualCommand(args))
    const bare = createProgram(tools, version)
    const { operands, unknown } = bare.parseOptions([...words])
    if (operands.length === 0 && unknown.length === 0) {
      await showHome(new Invocation(tools, bare.opts<SharedOptions>()))
    } else {
      await createProgram(tools, version).parseAsync([...words], { from: 'user' })
    }
    return SUCCESS
  } catch (error) {
    return failed(error, tools)
  }
}

function failed(error: unknown, { terminal }: Tools): number {
  if (error instanceof CommanderError) {
    // It has been said already; help and version that were asked for are no failure.
    return error.exitCode === 0 ? SUCCESS : BAD_USAGE
  }
  const line = printable(messageOf(error)).replaceAll(/\s*\n\s*/g, ' ')
  const known = error instanceof MurmurationError
  terminal.stderr.write(`murmuration: ${known ? line : `something went wrong that should not: ${line}`}\n`)
  return FAILURE
}
