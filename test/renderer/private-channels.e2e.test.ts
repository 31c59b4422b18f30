import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import { demoId } from './demo-id.ts'
import { useDemo } from './demo-page.ts'

describeWith('chromium')('conversations of some', () => {
  const open = useDemo()

  test('are made as a channel for chosen people', async () => {
    const { page, asked } = await open('busy', '#/messages')
    await page.getByRole('button', { name: 'New channel' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('#surprise')
    await dialog.getByText('Only some').click()
    expect(await dialog.getByRole('button', { name: 'Create channel' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Who is in it').click()
    await page.getByRole('option', { name: 'Carol' }).click()
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'Create channel' }).click()
    await page.getByRole('heading', { name: 'surprise', level: 2 }).waitFor()
    await page.getByText('Alice and Carol').waitFor()
    expect(await asked('channel.create')).toEqual([{ name: 'surprise', people: [demoId(4)] }])
  })

  test('begin from somebody on the page of people, and are the same the next time', async () => {
    const { page } = await open('busy', '#/people')
    await page.getByRole('button', { name: 'Bob: what can be done' }).click()
    await page.getByRole('menuitem', { name: 'Message Bob' }).click()
    await page.getByLabel('Message Bob').waitFor()
    await page.getByText('Do you have the second key?').waitFor()
    await page.getByText('waiting on nas').waitFor()
  })

  test('are begun with several people at once', async () => {
    const { page, asked } = await open('busy', '#/messages')
    await page.getByRole('button', { name: 'New message' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('With whom').click()
    for (const name of ['Bob', 'Carol']) await page.getByRole('option', { name }).click()
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'Start talking' }).click()
    await page.getByText('Say something to Bob, Carol. Nobody else learns of it.').waitFor()
    expect(await asked('channel.direct')).toEqual([{ people: [demoId(2), demoId(4)] }])
  })

  test('show who is in them; who may takes others out and adds them', async () => {
    const { page, asked } = await open('busy', '#/messages/channel-budget')
    await page.getByText('Alice, Bob and Carol').waitFor()
    await page.getByRole('button', { name: '#budget: channel menu' }).click()
    await page.getByRole('menuitem', { name: 'Who is in it…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Whoever is taken out keeps what was there, and gets nothing new.').waitFor()
    expect(await dialog.getByRole('button', { name: 'Take Alice out' }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Take Carol out' }).click()
    await dialog.getByRole('button', { name: 'Take Carol out' }).waitFor({ state: 'detached' })
    await dialog.getByRole('combobox', { name: 'Add somebody' }).click()
    await page.getByRole('option', { name: 'Carol' }).click()
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('button', { name: 'Take Carol out' }).waitFor()
    expect(await asked('channel.remove')).toEqual([{ channel: 'channel-budget', person: demoId(4) }])
    expect(await asked('channel.add')).toEqual([{ channel: 'channel-budget', person: demoId(4) }])
  })

  test('are left after it was said what that means', async () => {
    const { page, asked } = await open('busy', '#/messages/channel-budget')
    await page.getByRole('button', { name: '#budget: channel menu' }).click()
    await page.getByRole('menuitem', { name: 'Leave channel…' }).click()
    await page.getByText('You get nothing new from it, on none of your machines.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await expect.poll(() => asked('channel.leave')).toEqual([{ channel: 'channel-budget' }])
    await page.getByRole('link', { name: 'budget' }).waitFor({ state: 'detached' })
  })
})
