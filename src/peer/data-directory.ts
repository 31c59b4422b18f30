import { posix, win32 } from 'node:path'

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

/** Where a peer keeps its data unless told otherwise: the place that the platform has for that. */
export function defaultDataDirectory({ env, platform, home }: Surroundings): string {
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Murmuration', 'peer')
  if (platform === 'win32') {
    return win32.join(nonEmpty(env['APPDATA']) ?? win32.join(home, 'AppData', 'Roaming'), 'Murmuration', 'peer')
  }
  // The specification of XDG has relative paths ignored.
  return posix.join(absolute(env['XDG_DATA_HOME']) ?? posix.join(home, '.local', 'share'), 'murmuration')
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && posix.isAbsolute(path) ? path : undefined
}
