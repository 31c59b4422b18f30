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
    await page.getByText('Only you and Carol get what is written here.').waitFor()
    expect(await asked('channel.create')).toEqual([{ name: 'surprise', people: [demoId(4)] }])
  })

  test('begin from somebody on the page of people, and are the same the next time', async () => {
    const { page } = await open('busy', '#/people')
    await page.getByRole('button', { name: 'Bob: what can be done' }).click()
    await page.getByRole('menuitem', { name: 'Message Bob' }).click()
    await page.getByLabel('Message Bob').waitFor()
    await page.getByText('Do you have the second key?').waitFor()
    await page.getByText('waiting on nas').waitFor()
    await page.locator('[data-message]', { hasText: 'Do you have the second key?' }).hover()
    await page.getByRole('button', { name: 'Who has it' }).click()
    await page
      .getByText('On 1 of 3 machines: not yet on bob’s laptop and studio-mini. Waiting on nas, sealed')
      .waitFor()
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

  test('are begun by keyboard alone', async () => {
    const { page, asked } = await open('busy', '#/messages/channel-general')
    await page.getByRole('button', { name: 'New message' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'With whom' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('car')
    await page.getByRole('option', { name: 'Carol' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Carol').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Start talking' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Only you and Carol get what is written here.').waitFor()
    expect(await asked('channel.direct')).toEqual([{ people: [demoId(4)] }])
  })

  test('show who is in them; who may takes others out and adds them', async () => {
    const { page, asked } = await open('busy', '#/messages/channel-budget')
    await page.getByText('Only you, Bob and Carol get what is written here.').waitFor()
    await page.getByRole('button', { name: '#budget: channel menu' }).click()
    await page.getByRole('menuitem', { name: 'Add or remove people…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Whoever is removed keeps what was there, and gets nothing new.').waitFor()
    expect(await dialog.getByRole('button', { name: 'Remove Alice' }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Remove Carol' }).click()
    await dialog.getByRole('button', { name: 'Remove Carol' }).waitFor({ state: 'detached' })
    await dialog.getByRole('combobox', { name: 'Add somebody' }).click()
    await page.getByRole('option', { name: 'Carol' }).click()
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('button', { name: 'Remove Carol' }).waitFor()
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

  test('stand apart from the open ones, and say who is here and what is new', async () => {
    const { page } = await open('busy', '#/messages/channel-general')
    const channels = page.getByRole('list', { name: 'Channels' })
    await channels.getByRole('link').first().waitFor()
    expect(await channels.getByRole('link').count()).toBe(4)
    expect(await page.getByRole('list', { name: 'Private' }).getByRole('link').allInnerTexts()).toEqual([
      'budget',
      'old-plans',
    ])
    const people = page.getByRole('list', { name: 'People' })
    await people.getByRole('link', { name: 'Bob here now 1 1 unread message' }).waitFor()
    await people.getByRole('link', { name: 'Erin', exact: true }).waitFor()
  })

  test('that one is not in any more, are read, and say why nothing can be written', async () => {
    const { page } = await open('busy', '#/messages/channel-old')
    await page.getByText('The old plans are in the drawer.').waitFor()
    await page.getByText('Nothing new comes here.').waitFor()
    await page.getByText('You are not in this conversation any more').waitFor()
    expect(await page.getByRole('textbox').count()).toBe(0)
    await page.getByRole('button', { name: '#old-plans: channel menu' }).click()
    await page.getByRole('menuitem', { name: 'Who is in it…' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Leave channel…' }).count()).toBe(0)
    expect(await page.getByRole('menuitem', { name: 'Delete channel…' }).count()).toBe(0)
    await page.getByRole('menuitem', { name: 'Who is in it…' }).click()
    expect(await page.getByRole('button', { name: /^(Remove|Add)/ }).count()).toBe(0)
  })

  test('with somebody who left the swarm, promise nothing', async () => {
    const { page } = await open('busy', '#/messages/channel-erin')
    await page.getByText('Erin is no longer in the swarm, and gets nothing new.').waitFor()
  })

  test('are open to observers, who write nothing in the channels of all', async () => {
    const { page, asked } = await open('observer', '#/messages/channel-bob')
    await page.getByLabel('Message Bob').fill('I only read there.')
    await page.keyboard.press('Enter')
    await expect.poll(() => asked('message.send')).toEqual([{ channel: 'channel-bob', text: 'I only read there.' }])
    await page.getByRole('link', { name: 'general' }).click()
    await page.getByText('Observers read and don’t write.').waitFor()
    expect(await page.getByRole('textbox').count()).toBe(0)
    await page.getByRole('button', { name: 'New channel' }).click()
    expect(await page.getByRole('radio', { name: 'Everybody' }).isDisabled()).toBe(true)
    expect(await page.getByRole('radio', { name: 'Only some' }).isChecked()).toBe(true)
  })

  test('show a person in one colour, on whichever of their machines they write', async () => {
    const { page } = await open('busy', '#/messages/channel-bob')
    const colourOf = async (text: string): Promise<string> =>
      await page
        .getByRole('group')
        .filter({ hasText: text })
        .getByText('AL', { exact: true })
        .evaluate((element) => getComputedStyle(element).backgroundColor)
    expect(await colourOf('Good. I am at the mini already.')).toBe(await colourOf('Do you have the second key?'))
  })

  test('are found by keyboard: people and private channels', async () => {
    const { page, asked } = await open('busy', '#/messages/channel-general')
    const find = page.getByPlaceholder('Find people, machines, channels, documents and commands')
    await page.keyboard.press('Control+k')
    await find.fill('budget')
    await page.getByRole('button', { name: '#budget' }).and(page.locator('[data-selected]')).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'budget', level: 2 }).waitFor()
    await page.keyboard.press('Control+k')
    await find.fill('carol')
    await page.getByRole('button', { name: 'Carol Member' }).and(page.locator('[data-selected]')).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Say something to Carol. Nobody else learns of it.').waitFor()
    expect(await asked('channel.direct')).toEqual([{ people: [demoId(4)] }])
  })
})
