import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

import { Machine } from './murmuration.ts'

/** A headless peer and a page of it in a browser. */
export interface Seat {
  readonly machine: Machine
  readonly page: Page
  readonly address: string
  /** What the page complained about. */
  readonly problems: readonly string[]
}

/** A machine that is in no swarm yet, and its page. */
export async function freshSeat(browser: Browser, name: string, options: BrowserContextOptions = {}): Promise<Seat> {
  const machine = await Machine.fresh(name)
  const { ready } = await machine.up(['--ui'])
  return await seatOf(browser, machine, ready.ui ?? '', options)
}

export async function seatOf(
  browser: Browser,
  machine: Machine,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Seat> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(address)
  return { machine, page, address, problems }
}

export async function startSwarm({ machine, page }: Seat, name: string): Promise<void> {
  await page.getByLabel('What are you called?').fill(machine.name)
  await page.getByText('Start a swarm').click()
  await page.getByLabel('What is the swarm called?').fill(name)
  await page.getByRole('button', { name: 'Start the swarm' }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
}

/** The link that the page gives out. */
export async function inviteOf({ page }: Seat): Promise<string> {
  await page.getByRole('button', { name: 'Invite a machine' }).first().click()
  await page.getByRole('button', { name: 'Make the link' }).click()
  const invite = await page.getByLabel('Invite link').inputValue()
  await page.keyboard.press('Escape')
  await page.getByLabel('Invite link').waitFor({ state: 'detached' })
  return invite
}

export async function joinSwarm({ machine, page }: Seat, invite: string): Promise<void> {
  await page.getByLabel('What are you called?').fill(machine.name)
  await page.getByText('Join with an invite').click()
  await page.getByLabel('Invite link').fill(`Join us:\n${invite}`)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor({ timeout: 30_000 })
}

/** Two machines of one swarm, made and joined by hand in their pages. */
export async function twoSeats(browser: Browser): Promise<readonly [Seat, Seat]> {
  const alice = await freshSeat(browser, 'alice')
  const bob = await freshSeat(browser, 'bob')
  await startSwarm(alice, 'Studio Lisbon')
  await joinSwarm(bob, await inviteOf(alice))
  return [alice, bob]
}

export async function goTo(
  { page }: Seat,
  name: 'Home' | 'Messages' | 'Documents' | 'Machines' | 'People' | 'Settings',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** A stopped peer is a problem that tests make themselves. */
export function expectNoProblems(...seats: readonly Seat[]): void {
  for (const { problems } of seats) expect(problems).toEqual([])
}
