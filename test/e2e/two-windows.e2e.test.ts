import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { launchChromium } from '../support/chromium.ts'
import { eventually } from '../support/eventually.ts'
import { describeWith } from '../support/requires.ts'
import type { Installation } from './installation.ts'
import { install, startSwarm } from './installation.ts'
import { Machine } from './murmuration.ts'

async function joinSwarm({ page }: Installation, invite: string): Promise<void> {
  await page.getByText('Join with an invite').click()
  await page.getByLabel('Invite link').fill(invite)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('link', { name: 'Messages' }).waitFor()
}

async function openDocument(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: 'Documents' }).click()
  await page.getByText(title).first().click()
  await editorOf(page).waitFor()
}

const editorOf = (page: Page) => page.locator('[contenteditable=true]').first()

/** Both people type at the same time, key by key, each on a line of their own. */
async function typeTogether(pages: readonly [Page, Page], texts: readonly [string, string]): Promise<void> {
  await Promise.all(
    pages.map(async (page, index) => {
      const editor = editorOf(page)
      await editor.click()
      await editor.pressSequentially(texts[index] ?? '', { delay: 15 })
    }),
  )
}

async function showsBoth(page: Page, texts: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const shown = (await editorOf(page).innerText()).replaceAll(/\s+/g, ' ')
      return texts.every((text) => [...text].every((letter) => shown.includes(letter))) ? shown : undefined
    },
    { what: `the editor shows ${texts.join(' and ')}`, timeout: 20_000 },
  )
}

async function sameText(a: Page, b: Page): Promise<void> {
  await eventually(
    async () => {
      const [left, right] = await Promise.all([textOf(a), textOf(b)])
      return left === right && left.length > 0
    },
    { what: 'both editors show the same', timeout: 20_000 },
  )
}

/** Without the labels of others' cursors, which stand inside the text. */
async function textOf(page: Page): Promise<string> {
  return await editorOf(page).evaluate((editor) => {
    const copy = editor.cloneNode(true) as HTMLElement
    for (const label of copy.querySelectorAll(
      '[class*=collaboration-cursor], [class*=cm-ySelection], .cm-widgetBuffer',
    )) {
      label.remove()
    }
    return (copy.textContent ?? '').replaceAll(/[\u2060\u200b\ufeff]/g, '')
  })
}

describeWith('electron', 'display')('two windows', () => {
  test('type into one document at the same time, and a message crosses', async () => {
    const [alice, bob] = [await install('alice'), await install('bob')]
    await startSwarm(alice, 'Studio Lisbon')
    const { invite } = await alice.machine.json<{ invite: string }>(['invite'])
    await joinSwarm(bob, invite)

    const { id } = await alice.machine.json<{ id: string }>(['doc', 'create', 'Plan', '--kind', 'text'])
    for (const { page } of [alice, bob]) await openDocument(page, 'Plan')
    await typeTogether([alice.page, bob.page], ['ABCDEFGHIJKL', 'nopqrstuvwxyz'])
    for (const { page } of [alice, bob]) await showsBoth(page, ['ABCDEFGHIJKL', 'nopqrstuvwxyz'])
    await sameText(alice.page, bob.page)
    await keepScreenshot(alice.page, 'two-windows-document-alice')
    await keepScreenshot(bob.page, 'two-windows-document-bob')
    const { text } = await bob.machine.json<{ text: string }>(['doc', 'cat', id])
    expect([...text.trim()].sort().join('')).toBe([...'ABCDEFGHIJKLnopqrstuvwxyz'].sort().join(''))

    await alice.machine.json(['channel', 'create', 'general'])
    await alice.page.getByRole('link', { name: 'Messages' }).click()
    await alice.page.getByPlaceholder('Message #general').fill('Lunch at one?')
    await alice.page.keyboard.press('Enter')
    await bob.page.getByRole('link', { name: 'Messages' }).click()
    await bob.page.locator('[data-message]', { hasText: 'Lunch at one?' }).waitFor({ timeout: 20_000 })
    await keepScreenshot(bob.page, 'two-windows-message')
    expect([...alice.problems, ...bob.problems]).toEqual([])
  })
})

describeWith(
  'electron',
  'display',
  'chromium',
)('a window and a page', () => {
  test('share a rich document', async () => {
    const alice = await install('alice')
    await startSwarm(alice, 'Studio Lisbon')
    const { invite } = await alice.machine.json<{ invite: string }>(['invite'])
    const bob = await Machine.fresh('bob')
    await bob.json(['join', invite])
    const { ready } = await bob.up(['--ui'])
    const page = await (await launchChromium()).newPage()
    await page.goto(ready.ui ?? '')
    await page.getByRole('link', { name: 'Documents' }).waitFor()

    const { id } = await alice.machine.json<{ id: string }>(['doc', 'create', 'Story', '--kind', 'rich'])
    await openDocument(alice.page, 'Story')
    await openDocument(page, 'Story')
    await typeTogether([alice.page, page], ['ABCDEFGHIJKL', 'nopqrstuvwxyz'])
    for (const one of [alice.page, page]) await showsBoth(one, ['ABCDEFGHIJKL', 'nopqrstuvwxyz'])
    await eventually(
      async () => {
        const [left, right] = await Promise.all(
          [alice.machine, bob].map((one) => one.json<{ text: string }>(['doc', 'cat', id])),
        )
        const letters = [...(left?.text ?? '').replaceAll(/[^A-Za-z]/g, '')].sort().join('')
        return left?.text === right?.text && letters === [...'ABCDEFGHIJKLnopqrstuvwxyz'].sort().join('')
      },
      { what: 'both peers have every letter in the same order' },
    )
    await keepScreenshot(alice.page, 'window-and-page-window')
    await keepScreenshot(page, 'window-and-page-page')
    expect(alice.problems).toEqual([])
  })
})
