import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import type { SceneName } from './demo-world.ts'
import { useDemo } from './demo-page.ts'

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function look(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(LEVELS).analyze()
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))
  expect(found, what).toEqual([])
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(excess, `${what}: nothing sticks out at the side`).toBeLessThanOrEqual(0)
}

interface Screen {
  readonly name: string
  readonly scene: SceneName
  readonly hash: string
  /** What is there once the screen is. */
  readonly there: string
  readonly steps?: (page: Page) => Promise<void>
}

const click =
  (...names: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const name of names) await page.getByRole('button', { name }).first().click()
  }

const SCREENS: readonly Screen[] = [
  { name: 'recovering', scene: 'fresh', hash: '', there: 'Recovery phrase', steps: click('I lost all my machines') },
  { name: 'people', scene: 'busy', hash: '#/people', there: 'Let Dave in' },
  { name: 'a menu of roles', scene: 'busy', hash: '#/people', there: 'Remove Carol…', steps: click('Carol: what can') },
  { name: 'inviting', scene: 'busy', hash: '#/people', there: 'They join as', steps: click('Invite somebody') },
  {
    name: 'an invite',
    scene: 'busy',
    hash: '#/people',
    there: 'Copy link',
    steps: click('Invite somebody', 'Make the link'),
  },
  { name: 'connections', scene: 'busy', hash: '#/connections', there: 'Connected to 3 of 4 other machines.' },
  { name: 'settings', scene: 'busy', hash: '#/settings', there: 'Make a recovery phrase…' },
  { name: 'the phrase', scene: 'busy', hash: '#/settings', there: 'falcon', steps: click('Make a recovery phrase…') },
  { name: 'removed', scene: 'removed', hash: '#/messages/channel-general', there: 'Draft B has my vote.' },
  { name: 'a channel one was in', scene: 'busy', hash: '#/messages/channel-old', there: 'Nothing new comes here.' },
  {
    name: 'who is in a channel',
    scene: 'busy',
    hash: '#/messages/channel-budget',
    there: 'Whoever is removed keeps',
    steps: async (page) => {
      await click('#budget: channel menu')(page)
      await page.getByRole('menuitem', { name: 'Add or remove people…' }).click()
    },
  },
  {
    name: 'a channel for some',
    scene: 'busy',
    hash: '#/messages',
    there: 'Nobody else learns that it exists.',
    steps: async (page) => {
      await click('New channel')(page)
      await page.getByText('Only some').click()
    },
  },
  {
    name: 'finding a person',
    scene: 'busy',
    hash: '#/messages/channel-general',
    there: 'Admin · write to them',
    steps: async (page) => {
      await page.keyboard.press('Control+k')
      await page.keyboard.type('bob')
    },
  },
  { name: 'a new message', scene: 'busy', hash: '#/messages', there: 'Start talking', steps: click('New message') },
  { name: 'observing', scene: 'observer', hash: '#/documents', there: 'hosts.md' },
  { name: 'suspended', scene: 'suspended', hash: '#/people', there: 'alice-desk is suspended' },
]

describeWith('chromium')('the screens of who belongs', () => {
  const open = useDemo()

  test.each(SCREENS)('axe finds nothing wrong with $name, light and dark, wide and narrow', async (screen) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(screen.scene, screen.hash, { colorScheme })
      await screen.steps?.(page)
      await page.getByText(screen.there).first().waitFor()
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 780 })
        await look(page, `${colorScheme}, ${width} px`)
      }
    }
  })
})
