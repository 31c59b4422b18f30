import { expect, test } from 'vitest'

import { describeWith } from '../support/requires.ts'
import { clipboardOf, useDemo } from './demo-page.ts'

describeWith('chromium')('how machines are connected', () => {
  const open = useDemo()

  test('says of each machine how, since when and how fast, or why not and what is next', async () => {
    const { page } = await open('busy', '#/machines')
    await page.getByRole('link', { name: 'How are we connected?' }).first().click()
    await page.getByText('Connected to 3 of 4 other machines.').waitFor()
    const carol = page.getByRole('region', { name: 'carol’s desktop' })
    await carol.getByText('Through nas').first().waitFor()
    await carol.getByText('38 ms').waitFor()
    const mini = page.getByRole('region', { name: 'studio-mini' })
    await mini.getByText('It is probably off; it is tried again by itself.').waitFor()
    await mini.getByText('/ip4/192.168.1.25/tcp/4001: no answer within 5 s').waitFor()
    const waiting = mini.getByText(/^in \d+ s$/)
    const before = await waiting.innerText()
    await expect.poll(() => waiting.innerText()).not.toBe(before)
    const self = page.getByRole('region', { name: 'alice-desk, this machine' })
    await self.getByText('It can also be reached through nas.').waitFor()
    await self.getByText('The router was asked for a way in (UPnP) and gave none.').waitFor()
  })

  test('is copied as text with ids and addresses', async () => {
    const { page } = await open('busy', '#/connections')
    await page.getByRole('button', { name: 'Copy as text' }).click()
    await expect.poll(() => clipboardOf(page)).toContain('carol’s desktop 12D3Koo')
    const text = await clipboardOf(page)
    expect(text).toMatch(/relayed by nas \/ip4\/198\.51\.100\.7\/tcp\/4001\/p2p-circuit, 38 ms, since 36\d\d s/)
    expect(text).toContain('tried /ip4/203.0.113.9/tcp/4001: refused')
  })

  test('machine cards name whose a machine is and who passes on for it', async () => {
    const { page } = await open('busy', '#/machines')
    const carol = page.getByRole('article', { name: 'carol’s desktop' })
    await carol.getByText('Connected through nas, answers in 38 ms').waitFor()
    await carol.getByText('Carol, Member').waitFor()
    await page.getByRole('article', { name: 'nas' }).getByText('nobody: it is a helper').waitFor()
  })
})
