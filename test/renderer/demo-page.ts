import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'

import type { CallName } from '../../src/api/contract/index.ts'
import { startChromium } from '../support/chromium.ts'
import type { SceneName } from './demo-world.ts'
import { serveDemo } from './demo/serve.ts'

export interface DemoPage {
  readonly page: Page
  /** What the page asked of its peer by this call, oldest first. */
  readonly asked: (name: CallName) => Promise<readonly unknown[]>
}

type OpenDemo = (scene: SceneName, hash?: string, options?: BrowserContextOptions) => Promise<DemoPage>

/** Pages over a peer that is inside them, for the tests of this file. A page that complains fails its test. */
export function useDemo(): OpenDemo {
  let served: Awaited<ReturnType<typeof serveDemo>> | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    served = await serveDemo()
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.server.close()
  })
  return async (scene, hash = '', options = {}) => {
    if (browser === undefined || served === undefined) throw new Error('the demo did not start')
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      // The demo has no icon of its own.
      if (message.type() === 'error' && !message.location().url.endsWith('favicon.ico')) problems.push(message.text())
    })
    onTestFinished(() => expect(problems).toEqual([]))
    await page.goto(`${served.address}?scene=${scene}${hash}`)
    await page.locator('main').waitFor()
    const asked: DemoPage['asked'] = async (name) =>
      await page.evaluate(
        (wanted) => window.demo.client.asked.filter((call) => call.name === wanted).map((call) => call.parameters),
        name,
      )
    return { page, asked }
  }
}

/** What is in the clipboard of a page. */
export async function clipboardOf(page: Page): Promise<string> {
  return await page.evaluate(async () => await navigator.clipboard.readText())
}
