import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { launchChromium } from '../support/chromium.ts'
import { describeWith } from '../support/requires.ts'
import type { Seat } from './ui-pages.ts'
import { expectNoProblems, freshSeat, goTo, startSwarm } from './ui-pages.ts'

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const PAGES = ['Home', 'Messages', 'Documents', 'Machines', 'People', 'Settings'] as const
const WIDTHS = [1280, 900, 360]

/** What axe finds wrong, in words that lead to it. */
async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(LEVELS).analyze()
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}

async function look({ page }: Seat, name: string): Promise<void> {
  expect(await findings(page)).toEqual([])
  // Nothing sticks out at the side.
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  await keepScreenshot(page, name)
}

/** A rich document and one of code, made from the command line and looked at in the page. */
async function documents(seat: Seat, scheme: string): Promise<void> {
  const { machine, page } = seat
  const make = async (title: string, kind: 'rich' | 'text', input: string): Promise<string> => {
    const { id } = await machine.json<{ id: string }>(['doc', 'create', title, '--kind', kind])
    await machine.json(['doc', 'write', id], { input })
    return id
  }
  const rich = await make('Plan', 'rich', '# Plan\n\n- [ ] first\n- [x] second\n\n> said\n\n1. one\n')
  const code = await make('backup.py', 'text', '# what is new\ndef backup(days=14):\n    return "done"\n')
  await goTo(seat, 'Documents')
  await page.getByRole('link', { name: 'backup.py' }).waitFor()
  await look(seat, `ui-documents-${scheme}`)
  for (const [name, id] of Object.entries({ rich, code })) {
    await page.evaluate((address) => {
      window.location.hash = address
    }, `#/documents/${id}`)
    await page.getByText('Saved on this machine').waitFor()
    await page.locator('[contenteditable=true]').first().waitFor()
    await look(seat, `ui-document-${name}-${scheme}`)
  }
}

describeWith('chromium')('the interface', () => {
  test.each(['light', 'dark'] as const)(
    'has nothing that axe finds, in %s, from first run to last page',
    async (scheme) => {
      const seat = await freshSeat(await launchChromium(), 'alice', { colorScheme: scheme })
      const { page } = seat
      await page.getByText('Start a swarm').waitFor()
      await look(seat, `ui-first-run-${scheme}`)
      await page.getByText('Join with an invite').click()
      await page.getByLabel('Invite link').fill('murmuration://wrong')
      await look(seat, `ui-join-${scheme}`)
      await page.getByRole('button', { name: 'Back' }).click()
      await startSwarm(seat, 'Studio Lisbon')

      for (const name of PAGES) {
        await goTo(seat, name)
        await look(seat, `ui-empty-${name.toLowerCase()}-${scheme}`)
      }

      await seat.machine.json(['channel', 'create', 'general'])
      for (const text of ['Lunch at **one**?', '> I can’t\n\nAt two.', '```\nexit 0\n```'])
        await seat.machine.json(['send', 'general', text])
      for (const name of ['Home', 'Messages'] as const) {
        await goTo(seat, name)
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 780 })
          await look(seat, `ui-${name.toLowerCase()}-${width}-${scheme}`)
        }
        await page.setViewportSize({ width: 1280, height: 800 })
      }

      await documents(seat, scheme)

      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').waitFor()
      await look(seat, `ui-palette-${scheme}`)
      await page.keyboard.press('Escape')
      await goTo(seat, 'Home')
      await page.getByRole('button', { name: 'Invite a machine' }).first().click()
      await page.getByRole('button', { name: 'Make the link' }).waitFor()
      await look(seat, `ui-invite-${scheme}`)
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByLabel('Invite link').waitFor()
      await look(seat, `ui-invite-link-${scheme}`)
      await page.keyboard.press('Escape')
      await goTo(seat, 'Machines')
      await page.getByRole('link', { name: 'How are we connected?' }).click()
      await page.getByText('No other machine belongs to this swarm yet.').waitFor()
      await look(seat, `ui-connections-${scheme}`)
      expectNoProblems(seat)
    },
    180_000,
  )

  test('is reached without a mouse', async () => {
    const seat = await freshSeat(await launchChromium(), 'alice')
    const { page } = seat
    await startSwarm(seat, 'Studio Lisbon')
    await page.keyboard.press('Alt+2')
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.locator('[role=dialog] input:focus').waitFor()
    await page.keyboard.type('new channel')
    await page.getByRole('button', { name: 'New channel' }).and(page.locator('[data-selected]')).waitFor()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name').fill('general')
    await page.keyboard.press('Enter')
    const write = page.getByPlaceholder('Message #general')
    await write.focus()
    await page.keyboard.type('first')
    await page.keyboard.press('Enter')
    const first = page.locator('[data-message]', { hasText: 'first' })
    await first.waitFor()
    await page.getByRole('region', { name: 'Messages in #general' }).focus()
    await page.keyboard.press('ArrowUp')
    expect(await first.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'React with 👍' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '👍 1: alice' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expectNoProblems(seat)
  }, 60_000)
})
