import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import type { LaunchedApp } from '../support/electron.ts'
import { launchApp, launchAgain } from '../support/electron.ts'
import { eventually } from '../support/eventually.ts'
import { describeWith } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describeWith('electron', 'display')('the desktop shell', () => {
  test('hands the page a line to the peer, and another after a reload', async () => {
    const { page } = await launchApp()
    const seen = 'ports'
    await page.addInitScript((name) => {
      Reflect.set(window, name, 0)
      window.addEventListener('message', (event) => {
        if (event.data === 'murmuration:port') Reflect.set(window, name, Reflect.get(window, name) + event.ports.length)
      })
    }, seen)
    for (const reload of [1, 2]) {
      await page.reload()
      const count = (): Promise<unknown> => page.evaluate((name) => Reflect.get(window, name), seen)
      await eventually(async () => (await count()) === 1, { what: `a port arrives after reload ${reload}` })
    }
  })

  test('takes an invitation that it was started with', async () => {
    const link = 'murmuration://join/an-invitation'
    const { page } = await launchApp({ args: [link] })
    const shown = (text: string): boolean =>
      [...document.querySelectorAll('input, textarea')].some((field) => Reflect.get(field, 'value') === text)
    await eventually(() => page.evaluate(shown, link), { what: 'the form for joining holds the link' })
  })

  test('runs a peer that the command line reaches', async () => {
    const { userData } = await launchApp()
    const dataDirectory = join(userData, 'peer')
    const status = await eventually(() => statusOf(dataDirectory), { what: 'the peer answers' })
    expect(status).toMatchObject({ swarm: null, synced: false })
  })

  test('ends with the peer that the command line stops', async () => {
    const { app, userData } = await launchApp()
    const dataDirectory = join(userData, 'peer')
    await eventually(() => statusOf(dataDirectory), { what: 'the peer answers' })
    const child = app.process()
    await runCli(['--data-dir', dataDirectory, 'stop'])
    await eventually(() => child.exitCode !== null, { what: 'the app ends' })
    expect(child.exitCode).toBe(0)
  })

  test('starts a peer that died again, and hands the page a new line to it', async () => {
    const { app, page } = await launchApp()
    const first = await eventually(() => peerProcess(app), { what: 'the peer runs' })
    const messages = await recordMessages(page)
    process.kill(first, 'SIGKILL')
    const second = await eventually(async () => {
      const pid = await peerProcess(app)
      return pid === first ? undefined : pid
    })
    expect(second).not.toBe(first)
    await eventually(async () => (await messages()).includes('murmuration:port'), { what: 'the page gets a port' })
  })

  test('hands a clicked invitation to the window that is open', async () => {
    const first = await launchApp()
    const messages = await recordMessages(first.page)
    const link = 'murmuration://join/an-invitation'
    expect(await launchAgain(first.userData, [link])).toBe(0)
    await eventually(async () => (await messages()).includes(link), { what: 'the link arrives' })
  })

  test('keeps the peer running without a window where that was chosen, and comes back', async () => {
    const userData = await temporaryFolder('app')
    await writeFile(join(userData, 'desktop.json'), JSON.stringify({ keepRunning: true }))
    const { app } = await launchApp({ userData })
    await eventually(() => peerProcess(app), { what: 'the peer runs' })
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await eventually(() => app.windows().length === 0, { what: 'the window is gone' })
    expect(await statusOf(join(userData, 'peer'))).toMatchObject({ synced: false })
    expect(await launchAgain(userData, [])).toBe(0)
    await eventually(() => app.windows().length === 1, { what: 'the window is back' })
  })

  test('ends with its window otherwise', async () => {
    const { app } = await launchApp()
    const child = app.process()
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await eventually(() => child.exitCode !== null, { what: 'the app ends' })
    expect(child.exitCode).toBe(0)
  })

  test('leaves no peer behind when it is killed', async () => {
    const { app } = await launchApp()
    const pid = await eventually(() => peerProcess(app), { what: 'the peer runs' })
    app.process().kill('SIGKILL')
    await eventually(() => !isAlive(pid), { what: 'the peer ends' })
  })

  test('says which folder cannot be used', async () => {
    const file = join(await temporaryFolder(), 'a-file')
    await writeFile(file, '')
    const app = await launchApp({ dataDirectory: file })
    await eventually(() => app.output().includes(file), { what: 'the failure is told' })
    expect(app.output()).toMatch(/choose a folder with --data-dir/)
  })

  test('opens a link that somebody clicks in the system’s browser, and only then', async () => {
    const { app, page } = await launchApp()
    await app.evaluate(({ shell }) => {
      const opened: string[] = []
      Reflect.set(globalThis, 'opened', opened)
      shell.openExternal = async (url) => void opened.push(url)
    })
    const opened = async (): Promise<unknown> => await app.evaluate(() => Reflect.get(globalThis, 'opened'))
    await page.evaluate(() => {
      document.body.innerHTML = '<a id="out" href="https://example.invalid/a" target="_blank">out</a>'
      window.open('https://example.invalid/without-a-click')
    })
    await page.click('#out')
    await eventually(async () => JSON.stringify(await opened()) !== '[]')
    expect(await opened()).toEqual(['https://example.invalid/a'])
    expect(app.windows()).toHaveLength(1)
  })

  test('lets the page neither look, listen nor find out where it is', async () => {
    const { page } = await launchApp()
    const refused = await page.evaluate(async () => {
      const outcome = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'granted',
          () => 'refused',
        )
      return {
        camera: await outcome(navigator.mediaDevices.getUserMedia({ video: true })),
        place: await outcome(
          new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
        ),
        placeState: (await navigator.permissions.query({ name: 'geolocation' })).state,
      }
    })
    expect(refused).toEqual({ camera: 'refused', place: 'refused', placeState: 'denied' })
  })
})

const execute = promisify(execFile)

async function runCli(args: readonly string[]): Promise<string> {
  const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs')
  const { stdout } = await execute(process.execPath, [program, ...args], { timeout: 20_000 })
  return stdout
}

async function statusOf(dataDirectory: string): Promise<unknown> {
  return JSON.parse(await runCli(['--data-dir', dataDirectory, '--json', 'status']))
}

/** The process id of the app's peer; undefined while there is none. */
async function peerProcess(app: LaunchedApp['app']): Promise<number | undefined> {
  const processes = await app.evaluate((electron) =>
    electron.app.getAppMetrics().map(({ pid, name, serviceName }) => ({ pid, name: name ?? serviceName })),
  )
  return processes.find(({ name }) => name === 'Murmuration peer')?.pid
}

/** Texts of the window messages that come from now on. */
async function recordMessages(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const texts: string[] = []
    Reflect.set(window, 'texts', texts)
    window.addEventListener('message', (event) => texts.push(JSON.stringify(event.data)))
  })
  return async () => await page.evaluate(() => String(Reflect.get(window, 'texts')))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
