import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { startProcess } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const WRITER = join(import.meta.dirname, 'durable-writer.ts')
const LENGTH = 4000
const KILLS = 6

test('K7 whenever the process is killed, the file is whole and its owner’s alone', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder('durable')
  const file = join(folder, 'device.key')
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = startProcess([WRITER, file, String(LENGTH)])
    await writer.value<string>()
    await writer.kill9()
    expect(['A'.repeat(LENGTH), 'B'.repeat(LENGTH)]).toContain(await readFile(file, 'utf8'))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => !/^device\.key(\.new)?$/.test(name))).toEqual([])
  }
})
