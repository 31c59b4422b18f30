import { resolve } from 'node:path'

import { defaultDataDirectory } from '../src/peer/data-directory.ts'

export interface DesktopOptions {
  /** Where the peer keeps its data. */
  readonly dataDirectory: string
  /** The page comes from a development server instead of the build; never in a packaged app. */
  readonly pageServer: string | undefined
}

export interface Surroundings {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Electron's own folder of this app, where `--user-data-dir` named one. */
  readonly userData: string | undefined
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly packaged: boolean
}

/**
 * The data folder is `--data-dir DIR`, else MURMURATION_DATA_DIR, else `peer` in the folder that `--user-data-dir` names,
 * else the command line's default: `murmuration status` then asks the app that runs.
 */
export function desktopOptions(surroundings: Surroundings): DesktopOptions {
  const { argv, env, userData, packaged } = surroundings
  const named = argument(argv, '--data-dir') ?? nonEmpty(env['MURMURATION_DATA_DIR'])
  const fallback = userData === undefined ? defaultDataDirectory(surroundings) : resolve(userData, 'peer')
  return {
    dataDirectory: named === undefined ? fallback : resolve(named),
    pageServer: packaged ? undefined : nonEmpty(env['MURMURATION_PAGE_SERVER']),
  }
}

function argument(argv: readonly string[], name: string): string | undefined {
  for (const [index, argument_] of argv.entries()) {
    if (argument_ === name) return nonEmpty(argv[index + 1])
    if (argument_.startsWith(`${name}=`)) return nonEmpty(argument_.slice(name.length + 1))
  }
  return undefined
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text
}
