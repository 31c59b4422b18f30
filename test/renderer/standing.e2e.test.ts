import { readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import { useDemo } from './demo-page.ts'

describeWith('chromium')('a machine that may not do everything', () => {
  const open = useDemo()

  test.each([
    ['removed', 'Bob removed alice-desk from Studio Lisbon 2 h ago.', 'This machine was removed'],
    ['left', 'alice-desk left Studio Lisbon 2 h ago.', 'This machine has left'],
    ['suspended', 'alice-desk is suspended by what Bob did', 'This machine is suspended'],
    ['observer', 'You are an observer here: you read everything and write nothing.', 'Observers read and don’t write.'],
  ] as const)('%s: is told so on every page, reads, and writes nothing', async (scene, banner, reason) => {
    const { page, asked } = await open(scene, '#/messages/channel-general')
    await page.getByText(banner).waitFor()
    await page.getByText('Draft B has my vote.').waitFor()
    await page.getByPlaceholder(reason).or(page.getByText(reason)).first().waitFor()
    const writable = page.getByRole('textbox', { name: 'Message #general' }).and(page.locator(':not([readonly])'))
    expect(await writable.count()).toBe(0)
    await page.locator('[data-message]', { hasText: 'Draft B has my vote.' }).hover()
    expect(await page.getByRole('button', { name: 'React', exact: true }).getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('button', { name: 'React', exact: true }).click({ force: true })
    expect(await asked('message.react')).toEqual([])
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Documents' }).click()
    await page.getByText(banner).waitFor()
    const create = page.getByRole('button', { name: 'New document', exact: true })
    await create.click({ force: true })
    expect(await asked('document.create')).toEqual([])
  })

  test('reads and exports documents, and can’t type into them', async () => {
    const { page, asked } = await open('removed', '#/documents/doc-plan')
    await page.getByText('Borrow 40 glasses').waitFor()
    await page.getByText('Read only').waitFor()
    await page.getByText('Borrow 40 glasses').click()
    await page.keyboard.type('hello')
    expect(await asked('document.push')).toEqual([])
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await page.getByRole('button', { name: 'Opening of the exhibition: menu' }).click()
        await page.getByRole('menuitem', { name: 'Markdown (.md)' }).click()
      })(),
    ])
    expect(await readFile(await file.path(), 'utf8')).toContain('Borrow 40 glasses')
  })

  test('the same for plain text', async () => {
    const { page, asked } = await open('observer', '#/documents/doc-hosts')
    await page.getByText('Machines of the studio').click()
    await page.keyboard.type('hello')
    expect(await asked('document.push')).toEqual([])
    expect(await page.locator('.cm-content').innerText()).not.toContain('hello')
  })

  test('writes again at once when it may', async () => {
    const { page } = await open('observer', '#/documents/doc-hosts')
    await page.getByText('Machines of the studio').click()
    await page.evaluate(() => {
      const { swarm } = window.demo.client.world.status
      if (swarm !== null) window.demo.client.setStatus({ swarm: { ...swarm, role: 'member', mayWrite: true } })
    })
    await page.getByText('Saved on this machine').waitFor()
    await page.getByText('Machines of the studio').click()
    await page.keyboard.type('hello')
    await page.locator('.cm-content', { hasText: 'hello' }).waitFor()
  })

  test('deletes what is left and begins anew, after saying what is lost', async () => {
    const { page } = await open('removed', '#/home')
    await page.getByRole('button', { name: 'Delete it and join another swarm…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 changes made here never reached another machine, and are then gone for good.').waitFor()
    await dialog.getByRole('button', { name: 'Delete it' }).click()
    await page.getByText('Join with an invite').waitFor()
  })
})
