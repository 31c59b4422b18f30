import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import type { JoinProgress } from '../../src/api/contract/index.ts'
import { describeWith } from '../support/requires.ts'
import { DEMO_INVITE, DEMO_PHRASE } from './demo-members.ts'
import { useDemo } from './demo-page.ts'

const TRIED = [
  { address: '/ip4/192.168.1.20/tcp/4001', result: 'no answer within 5 s' },
  { address: '/ip6/2001:db8::7/tcp/4001', result: null },
]

async function startJoining(page: Page): Promise<void> {
  await page.getByText('Join with an invite').click()
  await page.getByLabel('Invite link').fill(`Join us:\n${DEMO_INVITE}`)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByText('Finding a machine of the swarm').first().waitFor()
}

async function progress(page: Page, change: Partial<JoinProgress>): Promise<void> {
  const whole = { stage: 'finding', swarm: 'Studio Lisbon', tried: [], received: null, total: null, ...change } as const
  await page.evaluate((event) => window.demo.client.emit('join:progressed', event), whole)
}

async function fail(page: Page, code: string, message: string): Promise<void> {
  await page.evaluate(([code = '', message = '']) => window.demo.client.failJoin(code, message), [code, message])
}

describeWith('chromium')('the first run', () => {
  const open = useDemo()

  test('fills in who one is from the system, and starts a swarm under the names that were given', async () => {
    const { page, asked } = await open('fresh')
    await expect.poll(() => page.getByLabel('What are you called?').inputValue()).toBe('Alice')
    expect(await page.getByLabel('What is this machine called?').inputValue()).toBe('alice-desk')
    await page.getByLabel('What are you called?').fill('Alice Adler')
    await page.getByText('Start a swarm').click()
    await page.getByText('As Alice Adler, on alice-desk.').waitFor()
    await page.getByLabel('What is the swarm called?').fill('Studio Lisbon')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    expect(await asked('swarm.create')).toEqual([
      { name: 'Studio Lisbon', personName: 'Alice Adler', machineName: 'alice-desk' },
    ])
  })

  test('shows the stages of joining with counts, and what was tried in words, until all is here', async () => {
    const { page, asked } = await open('fresh')
    await startJoining(page)
    expect(await asked('swarm.join')).toEqual([{ invite: DEMO_INVITE, personName: 'Alice', machineName: 'alice-desk' }])
    await progress(page, { stage: 'connecting', tried: TRIED })
    await page.getByRole('heading', { name: 'Joining Studio Lisbon' }).waitFor()
    await page.getByText('2 addresses tried').waitFor()
    await page.getByText('What was tried').click()
    await page.getByText('192.168.1.20, port 4001').waitFor()
    await page.getByText('2001:db8::7, port 4001 under way').waitFor()

    await progress(page, { stage: 'catching-up', received: 1204, total: 3310 })
    await page.evaluate(() => window.demo.client.finishJoin('Studio Lisbon'))
    await page.getByText('1,204 of 3,310').waitFor()
    await page.getByRole('button', { name: 'Open it now' }).waitFor()
    await progress(page, { stage: 'done', received: 3310, total: 3310 })
    await page.getByRole('heading', { name: 'Home' }).waitFor()
  })

  test('opens the swarm before the rest has arrived for whoever does not want to wait', async () => {
    const { page } = await open('fresh')
    await startJoining(page)
    await progress(page, { stage: 'catching-up', received: 1, total: 9 })
    await page.evaluate(() => window.demo.client.finishJoin('Studio Lisbon'))
    await page.getByRole('button', { name: 'Open it now' }).click()
    await page.getByRole('heading', { name: 'Home' }).waitFor()
  })

  test('is cancelled at any time, and keeps what was typed', async () => {
    const { page } = await open('fresh')
    await startJoining(page)
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByLabel('Invite link').inputValue()).toContain(DEMO_INVITE)
    await expect.poll(() => page.evaluate(() => window.demo.client.cancelledJoins)).toBe(1)
  })

  test.each([
    ['INVITE_EXPIRED', 'The invite has expired', 'Use another invite'],
    ['INVITE_REVOKED', 'The invite was revoked', 'Use another invite'],
    ['INVITE_USED', 'The invite has been used', 'Use another invite'],
    ['INVITE_INVALID', 'This link is not whole', 'Paste it again'],
    ['INVITE_TOO_NEW', 'This invite needs a newer Murmuration', 'Try again after the update'],
    ['VERSION_TOO_OLD', 'This Murmuration is too old for the swarm', 'Try again after the update'],
    ['LINK_CLOSED', 'The other machine does not know this link any more', 'Use another link'],
    ['SOMETHING_ELSE', 'Joining did not work', 'Try again'],
  ])('names the reason of %s and has one button for it', async (code, title, action) => {
    const { page } = await open('fresh')
    await startJoining(page)
    await fail(page, code, 'the reason in a sentence')
    const alert = page.getByRole('alert')
    await alert.getByText(title).waitFor()
    await alert.getByText('The reason in a sentence.').waitFor()
    expect(await alert.getByRole('button').allInnerTexts()).toEqual([action])
    await alert.getByRole('button').click()
    if (action.startsWith('Try again')) await page.getByText('Finding a machine of the swarm').first().waitFor()
    else expect(await page.getByLabel('Invite link').evaluate((field) => field === document.activeElement)).toBe(true)
  })

  test('says where it looked when nobody answered, and tries again', async () => {
    const { page, asked } = await open('fresh')
    await startJoining(page)
    await progress(page, { stage: 'connecting', tried: TRIED })
    await fail(page, 'JOIN_FAILED', 'nobody could be reached (/ip4/192.168.1.20/tcp/4001: no answer)')
    await page.getByText('No machine of Studio Lisbon answered. One of them has to be on; try again then.').waitFor()
    await page.getByText('192.168.1.20, port 4001').waitFor()
    expect(await page.getByText('/ip4/').count()).toBe(0)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Finding a machine of the swarm').first().waitFor()
    expect(await asked('swarm.join')).toHaveLength(2)
  })

  test('says what is wrong with a text that is no invite', async () => {
    const { page } = await open('fresh')
    await page.getByText('Join with an invite').click()
    await page.getByLabel('Invite link').fill('https://example.org/join')
    await page.getByText('This is not a Murmuration invite.').waitFor()
    expect(await page.getByRole('button', { name: 'Join', exact: true }).isDisabled()).toBe(true)
  })

  test('brings somebody back with the words of a recovery phrase', async () => {
    const { page, asked } = await open('fresh')
    await page.getByRole('button', { name: 'I lost all my machines' }).click()
    const words = DEMO_PHRASE.phrase.split(' ')
    await page.getByLabel('Recovery phrase').fill(words.slice(0, 23).join(' '))
    await page.getByLabel('Any invite link to the swarm').fill(DEMO_INVITE)
    await page.getByText('23 words of 24').waitFor()
    expect(await page.getByRole('button', { name: 'Come back' }).isDisabled()).toBe(true)
    await page.getByLabel('Recovery phrase').fill(words.join('\n'))
    await page.getByRole('button', { name: 'Come back' }).click()
    await fail(page, 'RECOVERY_PHRASE', 'word 3 is not one of the list')
    await page.getByText('Word 3 is not one of the list.').waitFor()
    expect(await asked('swarm.recover')).toEqual([
      { phrase: words.join('\n'), invite: DEMO_INVITE, machineName: 'alice-desk' },
    ])
  })
})
