import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'

import { onPath } from './requires.ts'

const SCREEN = '1600x1000x24'

let xvfb: Promise<{ readonly display: string; readonly child: ChildProcess }> | undefined

/**
 * The environment that gives a program a display of the tests' own, so that no window steals somebody's keyboard.
 * Undefined values mean: the platform has one anyway.
 */
export async function displayEnvironment(): Promise<Readonly<Record<string, string>>> {
  if (process.platform !== 'linux' || onPath('Xvfb') === undefined) return {}
  xvfb ??= startXvfb()
  const { display } = await xvfb
  return { DISPLAY: display }
}

/** One for each test process; it ends with it. Xvfb finds a free number itself and says which. */
async function startXvfb(): Promise<{ readonly display: string; readonly child: ChildProcess }> {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const number = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.trim())
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code} before it had a display`)))
  })
  child.unref()
  return { display: `:${number}`, child }
}
