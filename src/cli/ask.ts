import { AbortedError } from '../base/errors.ts'
import type { Terminal } from './terminal.ts'

/** As much as is taken for one line. */
const MAX_LINE = 4096

/**
 * Says what will happen and asks whether to go on, where a person can answer; goes on at once where none can.
 * @throws AbortedError where the answer is not yes
 */
export async function confirm(
  terminal: Terminal,
  { facts, question }: { readonly facts: readonly string[]; readonly question: string },
): Promise<void> {
  if (!canAsk(terminal)) return
  for (const fact of facts) terminal.stderr.write(`${fact}\n`)
  const answer = await askLine(terminal, `${question} [y/N] `)
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new AbortedError('Nothing was changed.')
}

/** Whether somebody reads what is written to stderr and can type an answer. */
export function canAsk({ stderr, stdin }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/** One line that is typed; empty where the input ends before. */
export async function askLine({ stderr, stdin }: Terminal, prompt: string): Promise<string> {
  stderr.write(prompt)
  let typed = ''
  for await (const chunk of stdin) {
    typed += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    const end = typed.indexOf('\n')
    if (end !== -1) return typed.slice(0, end).replace(/\r$/, '')
    if (typed.length > MAX_LINE) break
  }
  return typed
}
