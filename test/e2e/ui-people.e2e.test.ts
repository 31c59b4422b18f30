import { test } from 'vitest'

import { keepScreenshot } from '../support/artifacts.ts'
import { launchChromium } from '../support/chromium.ts'
import { describeWith } from '../support/requires.ts'
import type { Seat } from './ui-pages.ts'
import { expectNoProblems, freshSeat, goTo, inviteOf, joinSwarm, startSwarm, twoSeats } from './ui-pages.ts'

/** Everybody that knows cuts a removed machine off within this time. */
const KNOWN_MS = 10_000

async function give({ page }: Seat, role: string): Promise<void> {
  await page.getByRole('button', { name: 'bob: what can be done' }).first().click()
  await page.getByRole('menuitemradio', { name: new RegExp(`^${role}`) }).click()
}

describeWith('chromium')('people in two pages', () => {
  test('come in by a link, get another role, and are told at once what they may do', async () => {
    const [alice, bob] = await twoSeats(await launchChromium())
    await goTo(alice, 'People')
    await alice.page.getByText('2 people with 2 machines.').waitFor({ timeout: KNOWN_MS })
    await alice.page.getByRole('article', { name: 'bob' }).getByText('Let in by alice.').waitFor()
    await alice.page.getByText('1 link that is closed').waitFor()
    await keepScreenshot(alice.page, 'ui-people')

    await alice.machine.json(['channel', 'create', 'general'])
    await goTo(bob, 'Messages')
    const write = bob.page.getByLabel('Message #general').and(bob.page.locator(':not([readonly])'))
    await write.waitFor()
    await give(alice, 'Observer')
    await bob.page.getByText('You are an observer here').waitFor({ timeout: KNOWN_MS })
    await bob.page.getByText('alice can give you another role.').waitFor()
    await write.waitFor({ state: 'detached' })
    await keepScreenshot(bob.page, 'ui-observer')
    await give(alice, 'Admin')
    await write.waitFor({ timeout: KNOWN_MS })
    await write.fill('Back again')
    await write.press('Enter')
    await goTo(alice, 'Messages')
    await alice.page.locator('[data-message]', { hasText: 'Back again' }).waitFor({ timeout: KNOWN_MS })
    expectNoProblems(alice, bob)
  }, 120_000)

  test('who are removed are told so, still read, and begin anew', async () => {
    const [alice, bob] = await twoSeats(await launchChromium())
    await alice.machine.json(['channel', 'create', 'general'])
    await alice.machine.json(['send', 'general', 'Only for us'])
    await goTo(bob, 'Messages')
    await bob.page.locator('[data-message]', { hasText: 'Only for us' }).waitFor()

    await goTo(alice, 'People')
    await alice.page.getByRole('button', { name: 'bob: what can be done' }).first().click()
    await alice.page.getByRole('menuitem', { name: 'Remove bob…' }).click()
    await alice.page.getByText('What bob has already stays readable on bob.').waitFor()
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()

    await bob.page.getByText(/^alice removed bob from Studio Lisbon just now\.$/).waitFor({ timeout: KNOWN_MS })
    await bob.page.locator('[data-message]', { hasText: 'Only for us' }).waitFor()
    await bob.page
      .getByLabel('Message #general')
      .and(bob.page.locator(':not([readonly])'))
      .waitFor({ state: 'detached' })
    await keepScreenshot(bob.page, 'ui-removed')
    const invite = await alice.machine.json<{ invite: string }>(['invite'])
    await bob.page.getByRole('button', { name: 'Delete it and join another swarm…' }).click()
    await bob.page.getByRole('button', { name: 'Delete it', exact: true }).click()
    await joinSwarm(bob, invite.invite)
    await goTo(bob, 'Messages')
    await bob.page.locator('[data-message]', { hasText: 'Only for us' }).waitFor({ timeout: KNOWN_MS })
    expectNoProblems(alice, bob)
  }, 120_000)

  test('link a second machine of theirs, see how both are connected, and leave', async () => {
    const browser = await launchChromium()
    const alice = await freshSeat(browser, 'alice')
    const phone = await freshSeat(browser, 'phone')
    await startSwarm(alice, 'Studio Lisbon')
    await alice.page.getByRole('button', { name: 'Studio Lisbon: swarm menu' }).click()
    await alice.page.getByRole('menuitem', { name: 'Add a machine of mine…' }).click()
    await alice.page.getByRole('button', { name: 'Make a link for my machine' }).click()
    const link = await alice.page.getByLabel('Invite link').inputValue()
    await alice.page.keyboard.press('Escape')
    await joinSwarm(phone, link)
    await goTo(phone, 'People')
    const self = phone.page.getByRole('article', { name: 'alice' })
    await self.getByText('phone').waitFor()
    await self.getByText('here now').waitFor({ timeout: KNOWN_MS })

    await goTo(alice, 'Machines')
    await alice.page.getByRole('link', { name: 'How are we connected?' }).first().click()
    await alice.page.getByText('Connected to the other machine.').waitFor({ timeout: KNOWN_MS })
    await alice.page.getByRole('region', { name: 'phone' }).getByText('On this very machine').first().waitFor()
    await keepScreenshot(alice.page, 'ui-connections')

    await phone.page.getByRole('button', { name: 'Leave…' }).click()
    await phone.page.getByText('Your other machine stays in: alice.').waitFor()
    await phone.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await phone.page.getByText('phone left Studio Lisbon just now.').waitFor({ timeout: KNOWN_MS })
    expectNoProblems(alice, phone)
  }, 120_000)

  test('bring an invite by its link, and hear why it is no good any more', async () => {
    const browser = await launchChromium()
    const alice = await freshSeat(browser, 'alice')
    const bob = await freshSeat(browser, 'bob')
    await startSwarm(alice, 'Studio Lisbon')
    const invite = await inviteOf(alice)
    await goTo(alice, 'People')
    await alice.page.getByRole('button', { name: 'Revoke' }).click()
    await alice.page.getByRole('button', { name: 'Revoke it' }).click()
    await alice.page.getByText('1 link that is closed').waitFor()
    await bob.page.getByText('Join with an invite').click()
    await bob.page.getByLabel('Invite link').fill(invite)
    await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
    await bob.page.getByText('The invite was revoked').waitFor()
    await keepScreenshot(bob.page, 'ui-join-revoked')
    await alice.machine.json(['stop'])
    await bob.page.getByRole('button', { name: 'Use another invite' }).click()
    await bob.page.getByLabel('Invite link').fill(invite)
    await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
    await bob.page.getByText('Nobody could be reached').waitFor({ timeout: 60_000 })
    await bob.page.getByText(/127\.0\.0\.1, port \d+/).waitFor()
    await keepScreenshot(bob.page, 'ui-join-nobody')
  }, 120_000)

  test('come back with a recovery phrase where every machine is lost', async () => {
    const browser = await launchChromium()
    const alice = await freshSeat(browser, 'alice')
    const fresh = await freshSeat(browser, 'fresh')
    await startSwarm(alice, 'Studio Lisbon')
    const bob = await freshSeat(browser, 'bob')
    await joinSwarm(bob, await inviteOf(alice))
    const { invite } = await bob.machine.json<{ invite: string }>(['invite'])
    await goTo(alice, 'Settings')
    await alice.page.getByRole('button', { name: 'Make a recovery phrase…' }).click()
    const items = await alice.page.getByRole('list', { name: 'The words' }).getByRole('listitem').allInnerTexts()
    const words = items.map((item) => item.replace(/[\d\s]+/g, ''))
    await alice.page.getByRole('button', { name: 'I have it on paper' }).click()
    await alice.page.getByText('You have one. A new one takes its place').waitFor({ timeout: KNOWN_MS })
    await bob.machine.synced(2)
    await alice.machine.json(['stop'])

    await fresh.page.getByRole('button', { name: 'I lost all my machines' }).click()
    await fresh.page.getByLabel('Any invite link to the swarm').fill(invite)
    await fresh.page.getByLabel('Recovery phrase').fill(words.toReversed().join(' '))
    await fresh.page.getByRole('button', { name: 'Come back' }).click()
    await fresh.page.getByText('These are not the words').waitFor()
    await fresh.page.getByLabel('Recovery phrase').fill(words.join(' '))
    await fresh.page.getByRole('button', { name: 'Come back' }).click()
    await fresh.page.getByRole('heading', { name: 'Home' }).waitFor({ timeout: 60_000 })
    await goTo(fresh, 'People')
    await fresh.page.getByRole('article', { name: 'alice' }).getByText('Owner', { exact: true }).waitFor()
    await fresh.page.getByRole('article', { name: 'alice' }).getByText('fresh').waitFor()
    await keepScreenshot(fresh.page, 'ui-recovered')
  }, 120_000)
})
