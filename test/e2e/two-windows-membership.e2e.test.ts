import { expect, test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { describeWith } from '../support/requires.ts'
import { install, startSwarm } from './installation.ts'

describeWith('electron', 'display')('two windows', () => {
  test('one invites, the other opens the link and joins; the removed one is told so and what it can still do', async () => {
    const alice = await install('alice')
    await startSwarm(alice, 'Studio Lisbon')
    await alice.page.getByRole('button', { name: 'Invite a machine' }).first().click()
    await alice.page.getByRole('button', { name: 'Make the link' }).click()
    const invite = await alice.page.getByLabel('Invite link').inputValue()
    await keepScreenshot(alice.page, 'two-windows-invite')
    await alice.page.keyboard.press('Escape')

    // As the system starts the app when the link is clicked.
    const bob = await install('bob', [invite])
    await bob.page.getByText('The link you opened is filled in.').waitFor()
    expect(await bob.page.getByLabel('Invite link').inputValue()).toBe(invite)
    await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
    await bob.page.getByRole('heading', { name: 'Home' }).waitFor({ timeout: 30_000 })
    await bob.machine.json(['channel', 'create', 'general'])
    await bob.machine.json(['send', 'general', 'Hello from bob'])

    await alice.page.getByRole('link', { name: 'People' }).click()
    await alice.page.getByRole('button', { name: 'bob: what can be done' }).first().click()
    await alice.page.getByRole('menuitem', { name: 'Remove bob…' }).click()
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()

    await bob.page.getByText('alice removed bob from Studio Lisbon just now.').waitFor({ timeout: 10_000 })
    await bob.page.getByText('What is here can still be read and exported.').waitFor()
    await bob.page.getByRole('button', { name: 'Delete it and join another swarm…' }).waitFor()
    await bob.page.getByRole('link', { name: 'Messages' }).click()
    await bob.page.locator('[data-message]', { hasText: 'Hello from bob' }).waitFor()
    await keepScreenshot(bob.page, 'two-windows-removed')
    expect([...alice.problems, ...bob.problems]).toEqual([])
  }, 120_000)
})
