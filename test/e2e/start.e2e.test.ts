import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { eventually } from '../support/eventually.ts'
import type { TestProcess } from '../support/processes.ts'
import { startProcess } from '../support/processes.ts'
import { describeWith, electronDist } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const START = join(import.meta.dirname, '..', '..', 'scripts', 'start.ts')
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/
const NO_DISPLAY = { DISPLAY: '', WAYLAND_DISPLAY: '' }

/** npm start, on a home folder of its own. */
async function start(env: Readonly<Record<string, string>>): Promise<TestProcess> {
  const home = await temporaryFolder('home')
  return startProcess([START], { env: { HOME: home, XDG_DATA_HOME: join(home, 'data'), ...env } })
}

async function address(started: TestProcess): Promise<string> {
  return ADDRESS.exec(await started.line((line) => ADDRESS.test(line)))?.[0] ?? ''
}

describe.runIf(process.platform === 'linux')('npm start without a display', () => {
  test('says so in one line and serves the same interface to the browser', async () => {
    const started = await start(NO_DISPLAY)
    const page = await fetch(await address(started))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<title>Murmuration</title>')
    expect(started.stderr.trim()).toBe(
      'There is no display for a window; opening the same interface in the browser instead.',
    )
  })

  test('ends its peer when it is ended', async () => {
    const started = await start(NO_DISPLAY)
    const page = await address(started)
    process.kill(started.pid, 'SIGTERM')
    expect(await started.exited).toEqual({ code: 0, signal: null })
    await expect(fetch(page)).rejects.toThrow('fetch failed')
  })
})

describe.runIf(process.platform === 'linux')('npm start without an Electron', () => {
  test('says so and opens the browser', async () => {
    const tools = await temporaryFolder('tools')
    const opened = join(tools, 'opened')
    await writeFile(join(tools, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > ${opened}\n`)
    await chmod(join(tools, 'xdg-open'), 0o755)
    await mkdir(join(tools, 'no-electron'))
    const started = await start({
      DISPLAY: ':4000',
      ELECTRON_OVERRIDE_DIST_PATH: join(tools, 'no-electron'),
      PATH: `${tools}:${process.env['PATH'] ?? ''}`,
      CI: '',
    })
    const page = await address(started)
    expect(started.stderr).toMatch(/^Electron cannot be had on this machine.*browser instead\.\n$/)
    expect(await eventually(() => readFile(opened, 'utf8'), { what: 'the browser is opened' })).toBe(page)
  })
})

describeWith('electron')('npm start on a display that cannot be used', () => {
  test.runIf(process.platform === 'linux')('falls back to the browser', async () => {
    const started = await start({
      DISPLAY: ':4000',
      WAYLAND_DISPLAY: '',
      ELECTRON_OVERRIDE_DIST_PATH: electronDist() ?? '',
      CI: 'true',
    })
    expect(await address(started)).toMatch(ADDRESS)
    expect(started.stderr).toContain('The window could not be opened')
  })
})
