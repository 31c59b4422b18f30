import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { startProcess } from '../support/processes.ts'
import { describeWith, electronDist, electronExecutable } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { Machine, PROGRAM } from './murmuration.ts'

const PASSPHRASE = 'copper lantern tide'

async function passphraseFile(): Promise<string> {
  const file = join(await temporaryFolder('passphrase'), 'passphrase')
  await writeFile(file, `${PASSPHRASE}\n`)
  return file
}

describe('a device key under a passphrase', () => {
  test('K7 a peer is itself with the passphrase, and none without', { timeout: 120_000 }, async () => {
    const alice = await Machine.fresh('alice')
    const file = await passphraseFile()
    const first = await alice.up(['--passphrase-file', file])
    expect(await readFile(join(alice.folder, 'device.key'), 'utf8')).toContain('passphrase $scrypt$ln=17,')
    const busy = await alice.run(['key', 'unprotect', '--passphrase-file', file])
    expect(busy).toMatchObject({ status: 1, stdout: '' })
    expect(busy.stderr).toContain('Stop it first')
    await first.process.end()

    const refused = await alice.run(['up', '--no-mdns'])
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^murmuration: the device key in .* is under a passphrase: .*\n$/)

    const args = ['up', '--detach', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--passphrase-file', file]
    const again = await alice.json<{ deviceId: string }>(args)
    expect(again.deviceId).toBe(first.ready.deviceId)
    await alice.json(['stop'])
    expect(await alice.json(['key', 'unprotect', '--passphrase-file', file])).toEqual({
      device: first.ready.deviceId,
      rests: 'file',
    })
    expect((await alice.up()).ready.deviceId).toBe(first.ready.deviceId)
  })
})

describeWith('electron')('in the Node that Electron carries', () => {
  test('K3 a passphrase that was set there opens here', { timeout: 120_000 }, async () => {
    const alice = await Machine.fresh('alice')
    const { process, ready } = await alice.up()
    await process.end()
    const file = await passphraseFile()
    const protect = startProcess(
      [PROGRAM, 'key', 'protect', '--new-passphrase-file', file, '--json', '--data-dir', alice.folder],
      { command: electronExecutable(electronDist() ?? ''), env: { ELECTRON_RUN_AS_NODE: '1' } },
    )
    expect(await protect.exited).toMatchObject({ code: 0 })
    expect(await alice.json(['key', 'unprotect', '--passphrase-file', file])).toEqual({
      device: ready.deviceId,
      rests: 'file',
    })
  })
})
