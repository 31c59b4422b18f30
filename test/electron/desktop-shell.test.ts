import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { describe, expect, test } from 'vitest'

import { linkIn } from '../../electron/deep-link.ts'
import { DesktopStateFile } from '../../electron/desktop-state.ts'
import { desktopOptions } from '../../electron/options.ts'
import { outsideLink } from '../../electron/outside-links.ts'
import { restartBudget } from '../../electron/restart-budget.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('restarting the peer', () => {
  test('stops after five times within a minute, and goes on when they lie further apart', () => {
    const budget = restartBudget({ restarts: 5, windowMs: 60_000 })
    for (let at = 0; at < 5; at++) expect(budget.spend(at * 1000)).toBe(true)
    expect(budget.spend(5000)).toBe(false)
    expect(budget.spend(60_500)).toBe(true)
    expect(budget.spend(60_600)).toBe(false)
  })
})

describe('links', () => {
  test('an invitation is found among a program’s arguments', () => {
    const link = 'murmuration://join/abc'
    expect(linkIn(['/usr/bin/murmuration', '--flag', link])).toBe(link)
    expect(linkIn(['/usr/bin/murmuration', 'https://example.org'])).toBeUndefined()
    expect(linkIn([`murmuration://${'x'.repeat(10_000)}`])).toBeUndefined()
  })

  test('only web pages and mail leave the app', () => {
    expect(outsideLink('https://example.org/a?b')).toBe('https://example.org/a?b')
    expect(outsideLink('mailto:bob@example.org')).toBe('mailto:bob@example.org')
    for (const bad of ['file:///etc/passwd', 'javascript:alert(1)', 'smb://host/share', 'ms-settings:', 'no address']) {
      expect(outsideLink(bad)).toBeUndefined()
    }
  })
})

describe('options', () => {
  const surroundings = {
    argv: ['electron', '.'],
    env: {},
    userData: '/home/alice/app',
    packaged: false,
    platform: 'linux',
    home: '/home/alice',
  } as const

  test('the peer’s data lies beside the app’s own unless somebody says where', () => {
    expect(desktopOptions(surroundings).dataDirectory).toBe(resolve('/home/alice/app/peer'))
    expect(desktopOptions({ ...surroundings, env: { MURMURATION_DATA_DIR: '/data/b' } }).dataDirectory).toBe(
      resolve('/data/b'),
    )
    const argv = ['electron', '.', '--data-dir', '/data/c']
    expect(desktopOptions({ ...surroundings, argv, env: { MURMURATION_DATA_DIR: '/data/b' } }).dataDirectory).toBe(
      resolve('/data/c'),
    )
    expect(desktopOptions({ ...surroundings, argv: ['--data-dir=/data/d'] }).dataDirectory).toBe(resolve('/data/d'))
  })

  test('without a word the app and the command line share one peer', () => {
    const { dataDirectory } = desktopOptions({ ...surroundings, userData: undefined })
    expect(dataDirectory).toBe('/home/alice/.local/share/murmuration')
  })

  test('a packaged app takes its page from nowhere else', () => {
    const env = { MURMURATION_PAGE_SERVER: 'http://127.0.0.1:5173' }
    expect(desktopOptions({ ...surroundings, env }).pageServer).toBe('http://127.0.0.1:5173')
    expect(desktopOptions({ ...surroundings, env, packaged: true }).pageServer).toBeUndefined()
  })
})

describe('the desktop shell’s own state', () => {
  test('survives a restart', async () => {
    const file = join(await temporaryFolder(), 'new', 'desktop.json')
    const window = { x: -10, y: 20, width: 900, height: 600, maximised: true }
    new DesktopStateFile(file).update({ window })
    expect(new DesktopStateFile(file).state).toEqual({ window, keepRunning: false })
  })

  test('a file that is damaged or lies counts as none, and is replaced', async () => {
    const folder = await temporaryFolder()
    await mkdir(folder, { recursive: true })
    const file = join(folder, 'desktop.json')
    for (const bad of [
      '',
      '{',
      '[]',
      '{"window":{"x":1e99}}',
      '{"window":{"x":0,"y":0,"width":1,"height":1,"maximised":false}}',
    ]) {
      await writeFile(file, bad)
      expect(new DesktopStateFile(file).state).toEqual({ keepRunning: false })
    }
    new DesktopStateFile(file).update({ keepRunning: true })
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ keepRunning: true })
  })
})
