import { readFile } from 'node:fs/promises'

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { launchChromium } from '../support/chromium.ts'
import { eventually } from '../support/eventually.ts'
import { describeWith } from '../support/requires.ts'
import type { Seat } from './ui-pages.ts'
import { expectNoProblems, goTo, twoSeats } from './ui-pages.ts'

const ALICE = 'alice writes at the same time as the other does'
const BOB = 'bob takes another line and does not stop either'

const editorOf = (page: Page) => page.locator('[contenteditable=true]').first()

/** What the editor shows, without the names at others' cursors. */
async function textOf(page: Page): Promise<string> {
  return await editorOf(page).evaluate((editor) => {
    const copy = editor.cloneNode(true) as HTMLElement
    for (const other of copy.querySelectorAll('[class*=collaboration-cursor], [class*=cm-ySelection]')) other.remove()
    const lines = [...copy.querySelectorAll('.bn-inline-content, .cm-line')].map((line) => line.textContent ?? '')
    return lines.map((line) => line.replaceAll(/[\u2060\u200b\ufeff]/g, '')).join('\n')
  })
}

async function newDocument(seat: Seat, title: string): Promise<void> {
  const field = seat.page.getByRole('textbox', { name: 'Title', exact: true })
  await field.fill(title)
  await field.press('Enter')
}

async function open(seat: Seat, title: string): Promise<void> {
  await goTo(seat, 'Documents')
  await seat.page.getByRole('link', { name: title }).click()
  await editorOf(seat.page).waitFor()
}

async function bothShow(seats: readonly Seat[], texts: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const shown = await Promise.all(seats.map(async ({ page }) => await textOf(page)))
      return shown.every((text) => text === shown[0] && texts.every((line) => text.includes(line)))
    },
    { what: `both pages showing ${texts.join(' and ')}`, timeout: 30_000 },
  )
}

describeWith('chromium')('a document in two pages', () => {
  test('rich: both type at once, both see both, and each sees where the other is', async () => {
    const [alice, bob] = await twoSeats(await launchChromium())
    await goTo(alice, 'Documents')
    await alice.page.getByRole('button', { name: 'New document' }).click()
    await editorOf(alice.page).waitFor()
    await newDocument(alice, 'Opening of the exhibition')
    await alice.page.keyboard.type('Who does what')
    await alice.page.keyboard.press('Enter')
    await alice.page.keyboard.press('Enter')

    await open(bob, 'Opening of the exhibition')
    await eventually(async () => (await textOf(bob.page)).includes('Who does what'))
    await bob.page.getByText('Who does what').click()
    await bob.page.keyboard.press('ArrowDown')
    await Promise.all([alice.page.keyboard.type(ALICE, { delay: 12 }), bob.page.keyboard.type(BOB, { delay: 12 })])
    await bothShow([alice, bob], [ALICE, BOB])
    await alice.page.getByLabel('bob has it open').waitFor()
    await bob.page.locator('.bn-collaboration-cursor__label', { hasText: 'alice' }).waitFor({ state: 'attached' })
    await alice.page.getByText('Saved on this machine').waitFor()
    await keepScreenshot(alice.page, 'ui-document-rich-alice')
    await keepScreenshot(bob.page, 'ui-document-rich-bob')

    // Undo takes back one's own only.
    await alice.page.getByRole('button', { name: 'Undo' }).click()
    await eventually(async () => !(await textOf(bob.page)).includes(ALICE), { what: 'alice’s typing being undone' })
    expect(await textOf(bob.page)).toContain(BOB)
    await alice.page.getByRole('button', { name: 'Redo' }).click()
    await bothShow([alice, bob], [ALICE, BOB])

    const [file] = await Promise.all([
      alice.page.waitForEvent('download'),
      (async () => {
        await alice.page.getByRole('button', { name: 'Opening of the exhibition: menu' }).click()
        await alice.page.getByRole('menuitem', { name: 'Markdown (.md)' }).click()
      })(),
    ])
    expect(file.suggestedFilename()).toBe('Opening of the exhibition.md')
    expect(await readFile(await file.path(), 'utf8')).toContain(ALICE)
    expectNoProblems(alice, bob)
  }, 180_000)

  test('text: both type at once; deleted and brought back while it is open', async () => {
    const [alice, bob] = await twoSeats(await launchChromium())
    const { id } = await alice.machine.json<{ id: string }>(['doc', 'create', 'notes.md', '--kind', 'text'])
    for (const seat of [alice, bob]) await open(seat, 'notes.md')
    await editorOf(alice.page).click()
    await alice.page.keyboard.type('first\nsecond\n')
    await bothShow([alice, bob], ['first', 'second'])
    await editorOf(bob.page).click()
    await bob.page.keyboard.press('Control+Home')
    await Promise.all([
      alice.page.keyboard.type(ALICE, { delay: 12 }),
      bob.page.keyboard.type(`${BOB} `, { delay: 12 }),
    ])
    await bothShow([alice, bob], [ALICE, BOB])
    const { text } = await bob.machine.json<{ text: string }>(['doc', 'cat', id])
    expect(text).toContain(ALICE)
    await keepScreenshot(bob.page, 'ui-document-text')

    await goTo(alice, 'Documents')
    await alice.page.getByRole('button', { name: 'notes.md: menu' }).click()
    await alice.page.getByRole('menuitem', { name: 'Delete' }).click()
    await bob.page.getByText('This document was deleted').waitFor()
    await alice.page.getByRole('button', { name: 'Undo' }).click()
    await open(alice, 'notes.md')
    await eventually(async () => (await textOf(alice.page)).includes(ALICE))
    expectNoProblems(alice, bob)
  }, 180_000)

  test('what is typed while the peer is away is kept, said to be unsaved, and saved when it is back', async () => {
    const [alice, bob] = await twoSeats(await launchChromium())
    const { id } = await alice.machine.json<{ id: string }>(['doc', 'create', 'notes', '--kind', 'text'])
    const { port } = new URL(alice.address)
    await open(alice, 'notes')
    await editorOf(alice.page).click()
    await alice.page.keyboard.type('before, ')
    await alice.page.getByText('Saved on this machine').waitFor()
    await alice.machine.json(['stop'])
    await alice.page.getByText('This window has lost its connection to the peer').waitFor()
    await alice.page.keyboard.type('while it was away, ')
    await alice.page.getByText('Not saved yet').waitFor()
    await keepScreenshot(alice.page, 'ui-document-unsaved')

    const { ready } = await alice.machine.up(['--ui', port])
    const { hash } = new URL(ready.ui ?? '')
    // As if the new address had been opened in this tab: the page stays as it is.
    await alice.page.evaluate((fragment) => {
      window.location.hash = fragment
    }, hash)
    await alice.page.getByText('Saved on this machine').waitFor({ timeout: 30_000 })
    await eventually(
      async () => (await bob.machine.json<{ text: string }>(['doc', 'cat', id])).text.includes('while it was away, '),
      { what: 'bob having what was typed', timeout: 30_000 },
    )
  }, 120_000)
})
