import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import { displayEnvironment } from '../support/display.ts'
import { launchApp } from '../support/electron.ts'
import { eventually } from '../support/eventually.ts'
import { startKeyring } from '../support/keyring.ts'
import type { TestProcess } from '../support/processes.ts'
import { startProcess } from '../support/processes.ts'
import { describeWith, electronDist, electronExecutable } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { Machine } from './murmuration.ts'

const PLAIN = /^[0-9a-f]{64}\n$/
const SEALED = /^murmuration device key 1\ndevice 12D3Koo\w+\nkey-store [\w-]+\ncheck [0-9a-f]{16}\n$/
const PROJECT = join(import.meta.dirname, '..', '..')
const SWITCHES = ['--no-sandbox', '--disable-gpu', '--password-store=gnome-libsecret']

async function installation() {
  const userData = await temporaryFolder('app')
  const folder = join(userData, 'peer')
  return { userData, file: join(folder, 'device.key'), machine: new Machine('alice', folder) }
}

/** What the app's peer says, once it runs. */
async function statusOf(machine: Machine): Promise<PeerStatus> {
  return await eventually(
    async () => {
      const { status, stdout } = await machine.run(['status', '--json'])
      return status === 0 ? (JSON.parse(stdout) as PeerStatus) : null
    },
    { what: 'the peer of the app answers', timeout: 30_000 },
  )
}

/** The app by itself: Playwright would tell it to use no key store. */
async function appWithKeyring(userData: string, keyring: Readonly<Record<string, string>>): Promise<TestProcess> {
  const command = electronExecutable(electronDist() ?? '')
  const env = { ...(await displayEnvironment()), ...keyring }
  return startProcess([...SWITCHES, `--user-data-dir=${userData}`, PROJECT], { command, env })
}

describeWith('electron', 'display')('the device key of the app', () => {
  describe('without a key store', () => {
    test('K8 lies in its owner’s file, and the app says so', { timeout: 90_000 }, async () => {
      const { file, machine, userData } = await installation()
      const { page } = await launchApp({ userData })
      const { notices } = await statusOf(machine)
      expect(notices.map(({ code, level }) => ({ code, level }))).toContainEqual({
        code: 'key-unprotected',
        level: 'info',
      })
      expect(await readFile(file, 'utf8')).toMatch(PLAIN)
      await machine.json(['swarm', 'create', 'Studio Lisbon'])
      await page.getByText('This system offers no key store').waitFor()
    })
  })
})

describeWith(
  'electron',
  'display',
  'keyring',
)('the device key of the app, with a login keyring', () => {
  test('K8 a key that lies open moves in, opens from then on, and only for the app', { timeout: 120_000 }, async () => {
    const { file, machine, userData } = await installation()
    await mkdir(machine.folder, { recursive: true })
    await writeFile(file, `${'07'.repeat(32)}\n`)
    await chmod(file, 0o600)
    const keyring = await startKeyring(await temporaryFolder('keyring'))

    const first = await appWithKeyring(userData, keyring)
    const { deviceId, notices } = await statusOf(machine)
    expect(notices.map(({ code }) => code)).not.toContain('key-unprotected')
    expect(await readFile(file, 'utf8')).toMatch(SEALED)
    await machine.run(['stop'])
    await first.exited

    const alone = await machine.run(['swarm', 'create', 'x'])
    expect(alone.status).toBe(1)
    expect(alone.stderr).toContain('only the desktop app asks: start the app')

    await appWithKeyring(userData, keyring)
    expect((await statusOf(machine)).deviceId).toBe(deviceId)
  })

  test('K8 an app whose keyring was emptied says what is lost and how to recover', { timeout: 120_000 }, async () => {
    const { file, machine, userData } = await installation()
    const before = await appWithKeyring(userData, await startKeyring(await temporaryFolder('keyring')))
    await statusOf(machine)
    const sealed = await readFile(file, 'utf8')
    expect(sealed).toMatch(SEALED)
    await machine.run(['stop'])
    await before.exited

    const after = await appWithKeyring(userData, await startKeyring(await temporaryFolder('another-keyring')))
    await eventually(() => after.stderr.includes('recovery phrase'), { what: 'the app says how to recover' })
    expect(after.stderr).toContain("the system's key store no longer knows the secret")
    expect(await readFile(file, 'utf8')).toBe(sealed)
  })
})
