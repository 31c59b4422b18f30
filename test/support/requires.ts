import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

import { describe, test } from 'vitest'

/** A part of the system that `npm ci` cannot bring. */
export type SystemPart = 'electron' | 'display' | 'chromium' | 'keyring' | 'namespaces' | 'netlab' | 'mounts'

const FIND: Readonly<Record<SystemPart, () => boolean>> = {
  electron: () => electronDist() !== undefined,
  display: () => process.platform !== 'linux' || onPath('Xvfb') !== undefined || Boolean(process.env['DISPLAY']),
  chromium: () => chromiumExecutable() !== undefined,
  keyring: () => ['dbus-run-session', 'gnome-keyring-daemon', 'bash'].every((name) => onPath(name) !== undefined),
  namespaces: () => spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0,
  netlab: () =>
    spawnSync('unshare', ['-n', 'iptables', '-w', '-A', 'INPUT', '-j', 'DROP'], { stdio: 'ignore' }).status === 0 &&
    onPath('python3') !== undefined,
  mounts: () => spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0,
}

const REMEDY: Readonly<Record<SystemPart, string>> = {
  electron:
    'needs an Electron: `npx install-electron` fetches it; on Linux x64 test/support/electron-dist.sh makes one',
  display: 'needs a display: install Xvfb (Debian: apt-get install xvfb)',
  chromium: 'needs a browser: install Chromium (Debian: apt-get install chromium) or set CHROMIUM to one',
  keyring: 'needs a login keyring: on Linux install it (Debian: apt-get install gnome-keyring dbus)',
  mounts:
    'needs to mount a small disk: run as root on Linux with util-linux (Debian: apt-get install util-linux mount)',
  netlab:
    'needs network namespaces and packet filters: run as root on Linux (Debian: apt-get install iproute2 iptables python3)',
  namespaces: 'needs network namespaces: run as root on Linux with iproute2 (Debian: apt-get install iproute2)',
}

/** What a test machine may lack, too: there other tests hold what the app does without it. */
const MAY_LACK: readonly SystemPart[] = ['keyring']

/**
 * `describe` for tests that need parts of the system: `describeWith('electron', 'display')('two windows', () => {…})`.
 * Where a part is missing the group is skipped and one line says what to install; with CI=true that is a failure,
 * but for what test machines may lack.
 */
export function describeWith(...parts: readonly SystemPart[]): (title: string, body: () => void) => void {
  const missing = parts.filter((part) => !FIND[part]())
  if (missing.length === 0) return (title, body) => void describe(title, body)
  const remedies = missing.map((part) => REMEDY[part]).join('; ')
  return (title, body) => {
    if (process.env['CI'] === 'true' && missing.some((part) => !MAY_LACK.includes(part))) {
      describe(title, () => {
        test('has what it needs', () => {
          throw new Error(`${title}: ${remedies}`)
        })
      })
      return
    }
    console.warn(`skipped: ${title}: ${remedies}`)
    describe.skip(title, body)
  }
}

/** The folder of an Electron that is there already; tests fetch none. */
export function electronDist(): string | undefined {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const folders = named === undefined ? [ownElectronDist(), join(cache, 'murmuration', 'electron-dist')] : [named]
  return folders.find((folder) => folder !== undefined && existsSync(electronExecutable(folder)))
}

export function electronExecutable(dist: string): string {
  if (process.platform === 'darwin') return join(dist, 'Electron.app', 'Contents', 'MacOS', 'Electron')
  return join(dist, process.platform === 'win32' ? 'electron.exe' : 'electron')
}

function ownElectronDist(): string | undefined {
  const folder = join('node_modules', 'electron', 'dist')
  try {
    readFileSync(join(folder, 'version'))
    return folder
  } catch {
    return undefined
  }
}

export function chromiumExecutable(): string | undefined {
  const named = process.env['CHROMIUM']
  if (named !== undefined) return named
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return names.map(onPath).find((path) => path !== undefined)
}

/** The full path of a program, as the shell would find it. */
export function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
