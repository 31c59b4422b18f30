import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import { demoId } from './demo-id.ts'
import { useDemo } from './demo-page.ts'

describeWith('chromium')('the people', () => {
  const open = useDemo()

  test('are shown with their roles in words, their machines and when those were seen', async () => {
    const { page } = await open('busy', '#/people')
    await page.getByText('3 people with 4 machines, and 1 helper.').waitFor()
    const alice = page.getByRole('article', { name: 'Alice' })
    await alice.getByText('Does everything: invites, changes every role, removes anybody').waitFor()
    await alice.getByText('this machine').waitFor()
    await alice.getByText('last seen 2 h ago').waitFor()
    await page.getByRole('article', { name: 'Carol' }).getByText('Let in by Alice.').waitFor()
    await page.getByRole('region', { name: 'Helpers' }).getByText('nas').waitFor()
    await page.getByText('No longer here (1)').click()
    await page.getByText('Erin was removed').waitFor()
  })

  test('get another role from a menu that says what each may do, by keyboard too', async () => {
    const { page, asked } = await open('healthy', '#/people')
    await page.getByRole('button', { name: 'Bob: what can be done' }).focus()
    await page.keyboard.press('Enter')
    const observer = page.getByRole('menuitemradio', { name: /^Observer/ })
    await observer.waitFor()
    expect(await page.getByRole('menuitemradio', { name: /^Admin/ }).getAttribute('aria-checked')).toBe('true')
    await observer.focus()
    await page.keyboard.press('Enter')
    await page.getByText('Bob is an observer now.').waitFor()
    expect(await asked('member.role')).toEqual([{ person: demoId(2), role: 'observer' }])
  })

  test('become owners only after it was said what that means', async () => {
    const { page, asked } = await open('healthy', '#/people')
    await page.getByRole('button', { name: 'Bob: what can be done' }).click()
    await page.getByRole('menuitemradio', { name: /^Owner/ }).click()
    await page.getByText('Bob can then do everything that you can').waitFor()
    expect(await asked('member.role')).toEqual([])
    await page.getByRole('button', { name: 'Make an owner' }).click()
    await expect.poll(() => asked('member.role')).toEqual([{ person: demoId(2), role: 'owner' }])
  })

  test('are removed after it was said what stays and what ends', async () => {
    const { page, asked } = await open('healthy', '#/people')
    await page.getByRole('button', { name: 'Bob: what can be done' }).click()
    await page.getByRole('menuitem', { name: 'Remove Bob…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('What Bob has already stays readable on bob’s laptop.').waitFor()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Bob was removed.').waitFor()
    expect(await asked('member.remove')).toEqual([{ person: demoId(2) }])
  })

  test('lose a single machine in the same way', async () => {
    const { page, asked } = await open('healthy', '#/people')
    await page.getByRole('button', { name: 'bob’s laptop: what can be done' }).click()
    await page.getByRole('menuitem', { name: 'Remove bob’s laptop…' }).click()
    await page.getByText('What bob’s laptop has already stays readable on it.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => asked('device.remove')).toEqual([{ device: demoId(2) }])
  })

  test('who wait for a yes are shown with who let them in and why, and let in', async () => {
    const { page, asked } = await open('busy', '#/people')
    const dave = page.getByRole('article', { name: 'Dave' })
    await dave.getByText('Dave came in through Carol on an invite that was used or taken back elsewhere').waitFor()
    await page.getByRole('link', { name: 'People 1 1 person waits for a yes' }).waitFor()
    await dave.getByRole('button', { name: 'Let Dave in' }).click()
    await page.getByText('Dave is in for good.').waitFor()
    expect(await asked('device.confirm')).toEqual([{ device: demoId(40) }])
  })

  test('change their own name', async () => {
    const { page, asked } = await open('healthy', '#/people')
    await page.getByRole('button', { name: 'Alice: what can be done' }).click()
    await page.getByRole('menuitem', { name: 'Change my name…' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Alice Adler')
    await page.keyboard.press('Enter')
    await page.getByRole('article', { name: 'Alice Adler' }).waitFor()
    expect(await asked('member.rename')).toEqual([{ name: 'Alice Adler' }])
  })

  test('leave after being told what would be lost, and then still read', async () => {
    const { page } = await open('trouble', '#/people')
    await page.getByRole('button', { name: 'Leave…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 changes are only on this machine: nobody else has them.').waitFor()
    await dialog.getByText('Your other machine stays in: studio-mini.').waitFor()
    await dialog.getByText('No other machine is reachable').waitFor()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await page.getByText('3 machines know of it.').waitFor()
    await page.getByText('alice-desk left Studio Lisbon just now.').waitFor()
  })
})
