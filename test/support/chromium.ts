import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'
import { onTestFinished } from 'vitest'

import { chromiumExecutable } from './requires.ts'

/** Nothing that calls home, and nothing that needs a graphics card. Playwright gives each a fresh profile. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless browser, to be closed by whoever starts it. */
export async function startChromium(): Promise<Browser> {
  const executablePath = chromiumExecutable()
  if (executablePath === undefined) throw new Error('no Chromium; put the tests in describeWith("chromium")')
  return await chromium.launch({ executablePath, headless: true, args: ARGUMENTS })
}

/** A headless browser that ends with the test. */
export async function launchChromium(): Promise<Browser> {
  const browser = await startChromium()
  onTestFinished(() => browser.close())
  return browser
}
