import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { launchApp } from '../support/electron.ts'
import { eventually } from '../support/eventually.ts'
import { describeWith } from '../support/requires.ts'

describeWith('electron', 'display')('the window', () => {
  test('opens on the app’s own page, without an error and without Node', async () => {
    const { page, problems } = await launchApp()
    expect(await page.title()).toContain('Murmuration')
    expect(page.url()).toMatch(/^app:\/\/murmuration\//)
    await eventually(async () => (await page.locator('#root').innerText()).length > 0, {
      what: 'the page shows something',
    })
    const exposed = await page.evaluate(() => ({
      require: typeof Reflect.get(window, 'require'),
      process: typeof Reflect.get(window, 'process'),
      electron: typeof Reflect.get(window, 'electron'),
    }))
    expect(exposed).toEqual({ require: 'undefined', process: 'undefined', electron: 'undefined' })
    await keepScreenshot(page, 'window')
    expect(problems).toEqual([])
  })

  test('runs no script but its own', async () => {
    const { page } = await launchApp()
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.head.append(script)
      return Reflect.get(window, 'injected') === true
    })
    expect(ran).toBe(false)
    const reached = await page.evaluate(() =>
      fetch('https://example.invalid/').then(
        () => 'reached',
        () => 'refused',
      ),
    )
    expect(reached).toBe('refused')
  })

  test('stays on its page and opens no other window', async () => {
    const { app, page } = await launchApp()
    const before = pageOf(page.url())
    await page.evaluate(() => {
      window.open('https://example.invalid/')
      window.location.href = 'https://example.invalid/'
    })
    await page.waitForFunction(() => document.readyState === 'complete')
    expect(pageOf(page.url())).toBe(before)
    expect(app.windows()).toHaveLength(1)
  })

  test('comes back where it was', async () => {
    const first = await launchApp()
    const moved = { x: 40, y: 50, width: 900, height: 640 }
    await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), moved)
    await first.close()
    const saved: unknown = JSON.parse(await readFile(join(first.userData, 'desktop.json'), 'utf8'))
    expect(saved).toMatchObject({ window: moved })
    const second = await launchApp({ userData: first.userData })
    const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
    expect(bounds).toMatchObject({ width: 900, height: 640 })
  })
})

/** Which page an address is of, wherever on it. */
function pageOf(address: string): string {
  return address.replace(/#.*$/, '')
}
