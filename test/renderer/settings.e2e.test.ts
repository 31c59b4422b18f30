import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import { DEMO_PHRASE } from './demo-members.ts'
import { clipboardOf, useDemo } from './demo-page.ts'

describeWith('chromium')('the settings', () => {
  const open = useDemo()

  test('change the names of person and machine', async () => {
    const { page, asked } = await open('healthy', '#/settings')
    await page.getByRole('textbox', { name: 'Your name' }).fill('Alice Adler')
    await page.getByRole('button', { name: 'Save: Your name' }).click()
    await page.getByRole('textbox', { name: 'Name of this machine' }).fill('studio-desk')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => asked('settings.set'))
      .toEqual([{ personName: 'Alice Adler' }, { machineName: 'studio-desk' }])
  })

  test('change how this machine is reached', async () => {
    const { page, asked } = await open('healthy', '#/settings')
    await page.getByText('Always', { exact: true }).click()
    await page.getByText('Right for a machine with an open port.').waitFor()
    await page.getByRole('textbox', { name: 'Addresses to tell others' }).fill(' /dns4/home.example.org/tcp/4001 \n\n')
    await page.getByRole('button', { name: 'Save: Addresses to tell others' }).click()
    await expect
      .poll(() => asked('settings.set'))
      .toEqual([{ relay: 'on' }, { announce: ['/dns4/home.example.org/tcp/4001'] }])
  })

  test('say where the key lies open', async () => {
    const { page } = await open('healthy', '#/settings')
    const text = 'The key of this machine lies unprotected in its data folder.'
    await page.evaluate((said) => {
      window.demo.client.setStatus({ notices: [{ code: 'key-unprotected', level: 'info', text: said, at: 0 }] })
    }, text)
    await page.getByRole('region', { name: 'Profile' }).getByText(text).waitFor()
  })

  test('show the words of a recovery phrase once, in their order, to print and to copy', async () => {
    const { page } = await open('healthy', '#/settings')
    await page.getByRole('button', { name: 'Make a recovery phrase…' }).click()
    const words = page.getByRole('list', { name: 'The words' }).getByRole('listitem')
    expect(await words.allInnerTexts().then((texts) => texts.map((text) => text.replace(/\s+/g, ' ')))).toEqual(
      DEMO_PHRASE.phrase.split(' ').map((word, index) => `${index + 1} ${word}`),
    )
    await page.getByRole('button', { name: 'Copy the sheet' }).click()
    await expect.poll(() => clipboardOf(page)).toBe(DEMO_PHRASE.sheet)
    // A click beside it or a stray key would lose the words.
    await page.mouse.click(5, 400)
    await page.keyboard.press('Escape')
    expect(await words.count()).toBe(24)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('[data-print]').isVisible()).toBe(true)
    expect(await page.locator('#root').isVisible()).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await page.getByRole('button', { name: 'I have it on paper' }).click()
    await words.first().waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain('violin')
  })
})
