import { spawn } from 'node:child_process'

import { onTestFinished } from 'vitest'

/** Ends with its own input, which ends however the test process ends; the session's bus ends with it. */
const WATCHED =
  'gnome-keyring-daemon --unlock --components=secrets <<< test >&2; echo "$DBUS_SESSION_BUS_ADDRESS"; read -r _'

/**
 * A login keyring of the tests' own, unlocked, for programs that get the environment.
 * @param folder keeps its secrets
 */
export async function startKeyring(folder: string): Promise<Readonly<Record<string, string>>> {
  const child = spawn('dbus-run-session', ['--', 'bash', '-c', WATCHED], {
    env: { PATH: process.env['PATH'], HOME: folder, XDG_RUNTIME_DIR: folder },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  onTestFinished(async () => {
    child.stdin.end()
    await ended
  })
  const address = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.trim())
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the keyring ended with ${code}`)))
  })
  return { DBUS_SESSION_BUS_ADDRESS: address }
}
