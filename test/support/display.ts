import { spawn } from 'node:child_process'

import { onPath } from './requires.ts'

const SCREEN = '1600x1000x24'

/** Ends the server when its own input ends, which happens however the test process ends. */
const WATCHED = `Xvfb -displayfd 3 -screen 0 ${SCREEN} -nolisten tcp & read -r _; kill $!`

let display: Promise<string> | undefined

/**
 * The environment that gives a program a display of the tests' own, so that no window steals somebody's keyboard.
 * Empty where the platform has one anyway.
 */
export async function displayEnvironment(): Promise<Readonly<Record<string, string>>> {
  if (process.platform !== 'linux' || onPath('Xvfb') === undefined) return {}
  display ??= startXvfb()
  return { DISPLAY: await display }
}

/** One for each test process. Xvfb finds a free number itself and says which. */
async function startXvfb(): Promise<string> {
  const child = spawn('sh', ['-c', WATCHED], { stdio: ['pipe', 'ignore', 'ignore', 'pipe'] })
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
  return `:${number}`
}
