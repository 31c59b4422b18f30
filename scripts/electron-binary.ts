// Where the Electron to run is, fetching it at the first use as its own package would.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, execPath, platform, stderr } from 'node:process'

/** Over a slow line; a machine that cannot reach the download at all knows within seconds. */
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000

const EXECUTABLES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'),
  win32: 'electron.exe',
}
const EXECUTABLE = EXECUTABLES[platform] ?? 'electron'

/** The executable; undefined where none can be had. */
export function electronBinary(root: string): string | undefined {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return existing(join(override, EXECUTABLE))
  const folder = join(root, 'node_modules', 'electron')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  if (!isThere(folder, version)) {
    stderr.write(`Fetching Electron ${version} (about 120 MB, once) ...\n`)
    spawnSync(execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS })
    if (!isThere(folder, version)) return undefined
  }
  return existing(join(folder, 'dist', EXECUTABLE))
}

function isThere(folder: string, version: string): boolean {
  try {
    return readFileSync(join(folder, 'dist', 'version'), 'utf8').replace(/^v/, '') === version
  } catch {
    return false
  }
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}
