import { spawn } from 'node:child_process'

import { MurmurationError } from '../base/errors.ts'

/** As much as is kept of what a process says before it is ready. */
const MAX_SAID = 64 * 1024

/** What `up --json` says first. */
export interface Ready {
  readonly event: 'ready'
  readonly deviceId: string
  readonly addresses: readonly string[]
  readonly ui: string | null
}

/**
 * Starts this same program with `args` and `input` as a process of its own, which outlives this one, and waits for its first line.
 * @throws MurmurationError with its last words where it ends before
 */
export async function startDetached(args: readonly string[], input: string): Promise<Ready> {
  const program = process.argv[1] ?? ''
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  // It may end before it reads, and then says why.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  let said = ''
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-MAX_SAID)
  })
  const line = await new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => reject(new MurmurationError('NOT_STARTED', lastWords(complaint))))
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(0, MAX_SAID)
      const end = said.indexOf('\n')
      if (end !== -1) resolve(said.slice(0, end))
    })
  })
  child.stdout.destroy()
  child.stderr.destroy()
  child.unref()
  return JSON.parse(line) as Ready
}

function lastWords(complaint: string): string {
  const words =
    complaint
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^murmuration: /, '') ?? ''
  return words === '' ? 'The peer ended before it was ready. The file peer.log in its folder says more.' : words
}
