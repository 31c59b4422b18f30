import { execFile, spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, onTestFinished, test } from 'vitest'

import { displayEnvironment } from '../support/display.ts'
import { eventually } from '../support/eventually.ts'
import { describeWith, electronDist } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const execute = promisify(execFile)

describeWith('electron', 'display')('the package', () => {
  test.runIf(process.platform === 'linux')(
    'holds all that the app needs, and this platform’s modules alone',
    async () => {
      const output = await temporaryFolder('package')
      const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js')
      const options = [`-c.electronDist=${electronDist() ?? ''}`, `-c.directories.output=${output}`]
      await execute(process.execPath, [builder, '--linux', 'dir', ...options], { cwd: ROOT, timeout: 100_000 })
      const app = join(output, 'linux-unpacked')

      const unpacked = await readdir(join(app, 'resources', 'app.asar.unpacked'), { recursive: true })
      const prebuilds = unpacked.filter((file) => file.endsWith('.node'))
      expect(prebuilds.length).toBeGreaterThan(0)
      const own = [`prebuilds/linux-${process.arch}/`, `@node-datachannel/linux-${process.arch}-`]
      expect(prebuilds.filter((file) => !own.some((place) => file.includes(place)))).toEqual([])

      const userData = await temporaryFolder('app')
      const child = spawn(
        join(app, 'murmuration-desktop'),
        ['--no-sandbox', '--disable-gpu', `--user-data-dir=${userData}`],
        {
          env: { ...process.env, ...(await displayEnvironment()) },
          stdio: 'ignore',
        },
      )
      onTestFinished(() => void child.kill('SIGKILL'))
      const peer = ['--data-dir', join(userData, 'peer')]
      await eventually(() => cli([...peer, 'status']), { what: 'the peer answers', timeout: 30_000 })
      // Loads the network too, and with it the native ciphers.
      expect(JSON.parse(await cli([...peer, '--json', 'swarm', 'create', 'Studio Lisbon']))).toHaveProperty('invite')
      await cli([...peer, 'stop'])
      await eventually(() => child.exitCode !== null, { what: 'the app ends' })
      expect(child.exitCode).toBe(0)
    },
  )
})

async function cli(args: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [join(ROOT, 'dist', 'cli.cjs'), ...args], { timeout: 20_000 })
  return stdout
}
