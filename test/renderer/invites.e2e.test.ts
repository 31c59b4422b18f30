import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import { DEMO_INVITE } from './demo-members.ts'
import { clipboardOf, useDemo } from './demo-page.ts'

describeWith('chromium')('invites', () => {
  const open = useDemo()

  test('are made for a role, a number of machines and a time, and copied', async () => {
    const { page, asked } = await open('healthy', '#/people')
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    await page.getByRole('radio', { name: 'Observer' }).click()
    await page.getByLabel('Machines that it lets in').fill('3')
    await page.getByRole('combobox', { name: 'It holds for' }).click()
    await page.getByRole('option', { name: 'a day' }).click()
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByText(/^Lets 3 machines in as an observer, until .+\.$/).waitFor()
    expect(await asked('invite.create')).toEqual([{ role: 'observer', uses: 3, lifetime: 86_400_000 }])
    await page.getByRole('button', { name: 'Copy link' }).click()
    await expect.poll(() => clipboardOf(page)).toBe(DEMO_INVITE)
  })

  test.each(['light', 'dark'] as const)('are codes that a camera reads, in %s', async (colorScheme) => {
    const { page } = await open('healthy', '#/people', { colorScheme })
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    await page.getByRole('button', { name: 'Make the link' }).click()
    const picture = await page.getByRole('img', { name: 'Code for a camera' }).screenshot()

    const other = await open('fresh')
    await other.page.getByText('Join with an invite').click()
    await other.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
    await other.page.getByText('The code in the picture is filled in.').waitFor()
    expect(await other.page.getByLabel('Invite link').inputValue()).toBe(DEMO_INVITE)
  })

  test('are read from a picture that is dropped on the page, and not from any other file', async () => {
    const { page } = await open('fresh')
    await page.getByText('Join with an invite').click()
    const drop = async (type: string, content: string): Promise<void> => {
      await page.evaluate(
        ([type = '', content = '']) => {
          const files = new DataTransfer()
          files.items.add(new File([content], 'file', { type }))
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }))
        },
        [type, content],
      )
    }
    await drop('text/plain', 'no picture')
    await page.getByText('This file is not a picture that can be opened here.').waitFor()
    await drop('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>')
    await page.getByText(/There is no code in this picture|This file is not a picture/).waitFor()
  })

  test('link another machine of one’s own', async () => {
    const { page } = await open('healthy', '#/home')
    await page.getByRole('button', { name: 'Studio Lisbon: swarm menu' }).click()
    await page.getByRole('menuitem', { name: 'Add a machine of mine…' }).click()
    await page.getByRole('button', { name: 'Make a link for my machine' }).click()
    await page.getByText(/It lets one machine in, until .+\. This machine has to be on until then\./).waitFor()
    expect(await page.getByLabel('Invite link').inputValue()).toBe(DEMO_INVITE)
  })

  test('that were given out tell what is left of them, and are revoked after saying what that means', async () => {
    const { page, asked } = await open('healthy', '#/people')
    const list = page.getByRole('region', { name: 'Links given out' })
    await list.getByText(/let in 7 of 20 machines · until .+ · made by Bob/).waitFor()
    await list.getByText('2 links that are closed').waitFor()
    // Only the machine that made a link knows it.
    expect(await list.getByRole('button', { name: 'Show' }).count()).toBe(1)
    await list.getByRole('button', { name: 'Revoke' }).first().click()
    await list.getByText('Nobody comes in with this link any more; who came in with it stays.').waitFor()
    await list.getByRole('button', { name: 'Keep it' }).click()
    expect(await asked('invite.revoke')).toEqual([])
    await list.getByRole('button', { name: 'Revoke' }).first().click()
    await list.getByRole('button', { name: 'Revoke it' }).click()
    await list.getByText('3 links that are closed').waitFor()
  })

  test('are not made by those who may not, who hear whom to ask', async () => {
    const { page, asked } = await open('observer', '#/people')
    const button = page.getByRole('button', { name: 'Invite somebody' })
    expect(await button.getAttribute('aria-disabled')).toBe('true')
    await button.focus()
    await page.getByText('As an observer you can’t invite anybody. Ask Bob.').waitFor()
    await button.press('Enter')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await asked('invite.create')).toEqual([])
  })
})
