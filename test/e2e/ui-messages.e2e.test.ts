import { expect, test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { launchChromium } from '../support/chromium.ts'
import { eventually } from '../support/eventually.ts'
import { describeWith } from '../support/requires.ts'
import { expectNoProblems, goTo, twoSeats } from './ui-pages.ts'

describeWith('chromium')('messages in two pages', () => {
  test('a channel made in one is talked in by both', async () => {
    const [alice, bob] = await twoSeats(await launchChromium())
    await goTo(alice, 'Messages')
    await alice.page.getByRole('button', { name: 'Create channel' }).click()
    await alice.page.getByLabel('Name').fill('general')
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Create channel' }).click()
    const write = alice.page.getByPlaceholder('Message #general')
    await write.fill('Lunch at **one**?')
    await write.press('Enter')

    // Counted before bob goes there, and read once he has.
    const link = bob.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Messages' })
    await eventually(async () => (await link.innerText()).includes('1'), { what: 'bob’s unread count' })
    await goTo(bob, 'Messages')
    const question = bob.page.locator('[data-message]', { hasText: 'Lunch at one?' })
    await question.waitFor()
    expect(await question.locator('strong').innerText()).toBe('one')
    await eventually(async () => !(await link.innerText()).includes('1'), { what: 'nothing unread any more' })

    await bob.page.getByPlaceholder('Message #general').fill('<b>Yes</b>')
    await bob.page.getByPlaceholder('Message #general').press('Enter')
    // Raw HTML is text.
    await alice.page.getByText('<b>Yes</b>', { exact: true }).waitFor()

    await question.hover()
    await question.getByRole('button', { name: 'React' }).click()
    await bob.page.getByRole('button', { name: 'React with 👍' }).click()
    await alice.page.getByRole('button', { name: '👍 1: bob' }).waitFor()

    const own = alice.page.locator('[data-message]', { hasText: 'Lunch at one?' })
    await own.hover()
    await eventually(
      async () => {
        await own.getByRole('button', { name: 'Who has it' }).click()
        const said = await alice.page.getByText('On both machines.').isVisible()
        if (!said) await alice.page.keyboard.press('Escape')
        return said
      },
      { what: 'the message being on both machines', timeout: 60_000 },
    )
    await keepScreenshot(alice.page, 'ui-messages')
    await alice.page.keyboard.press('Escape')

    await write.fill('')
    await write.press('ArrowUp')
    const edit = alice.page.getByLabel('Edit message')
    await edit.fill('Lunch at two?')
    await edit.press('Enter')
    await bob.page.getByText('Lunch at two?').waitFor()
    await bob.page.getByText('(edited)').waitFor()
    expectNoProblems(alice, bob)
  }, 180_000)

  test('a message that finds no peer is kept, said to be waiting, and sent when it is back', async () => {
    const [alice] = await twoSeats(await launchChromium())
    await alice.machine.json(['channel', 'create', 'general'])
    await goTo(alice, 'Messages')
    const { port } = new URL(alice.address)
    await alice.page.getByPlaceholder('Message #general').fill('before')
    await alice.page.getByPlaceholder('Message #general').press('Enter')
    await alice.page.locator('[data-message]', { hasText: 'before' }).waitFor()
    await alice.machine.json(['stop'])
    await alice.page.getByText('This window has lost its connection to the peer').waitFor()
    await alice.page.getByPlaceholder('Message #general').fill('while it was away')
    await alice.page.getByPlaceholder('Message #general').press('Enter')
    await alice.page.getByText('Waiting for the peer').waitFor()
    await alice.page.getByPlaceholder('Message #general').fill('not sent yet')
    await keepScreenshot(alice.page, 'ui-peer-lost')

    const { ready } = await alice.machine.up(['--ui', port])
    await alice.page.goto(ready.ui ?? '')
    await alice.page.getByText('This window has lost its connection to the peer').waitFor({ state: 'detached' })
    await goTo(alice, 'Messages')
    expect(await alice.page.getByPlaceholder('Message #general').inputValue()).toBe('not sent yet')
    await alice.page.locator('[data-message]', { hasText: 'while it was away' }).waitFor()
  }, 120_000)
})
