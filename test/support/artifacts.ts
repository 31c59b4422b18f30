import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Page } from 'playwright-core'

/** What a test run leaves for people to look at; git ignores it. */
const FOLDER = join(import.meta.dirname, '..', '..', 'artifacts')

/** Keeps a picture of `page` as artifacts/NAME.png and returns its path. */
export async function keepScreenshot(page: Page, name: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true })
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path })
  return path
}
