import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { codeOf } from '../../base/errors.ts'
import { LocalSocketError } from './errors.ts'

/** A socket's path may have 103 bytes on macOS and 107 on Linux. */
const MAX_SOCKET_PATH_BYTES = 103
const SOCKET_FILE = 'api.sock'
/** Says where the socket is, when it can't be in the data folder. */
const RECORD_FILE = 'api.address'
const MAX_RECORD_BYTES = 4096

export interface AddressOptions {
  readonly dataDirectory: string
  readonly platform?: NodeJS.Platform
  readonly temporaryDirectory?: string
}

/** Where a client finds the peer of a data folder, or null where none has ever listened. */
export async function findAddress(options: AddressOptions): Promise<string | null> {
  const { platform, inFolder } = await resolve(options)
  if (platform !== 'win32' && fits(inFolder)) return inFolder
  try {
    return (await readFile(join(options.dataDirectory, RECORD_FILE), 'utf8')).slice(0, MAX_RECORD_BYTES).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * Where the peer of a data folder is to listen: in the folder, else in a folder of this user's under the system's
 * temporary one, else (Windows) on a pipe with a name that nobody guesses; recorded in the data folder where it is not in it.
 * @throws LocalSocketError
 */
export async function prepareAddress(options: AddressOptions): Promise<string> {
  const { platform, temporaryDirectory, folder, inFolder } = await resolve(options)
  if (platform !== 'win32' && fits(inFolder)) return inFolder
  const address = platform === 'win32' ? pipeName() : await shortPath(folder, temporaryDirectory)
  await writeFile(join(options.dataDirectory, RECORD_FILE), `${address}\n`, { mode: 0o600 })
  return address
}

/** Takes the record back; the socket's own file goes when its server closes. */
export async function forgetAddress(dataDirectory: string): Promise<void> {
  await rm(join(dataDirectory, RECORD_FILE), { force: true })
}

async function resolve(options: AddressOptions) {
  const folder = await realpath(options.dataDirectory).catch(() => options.dataDirectory)
  return {
    folder,
    platform: options.platform ?? process.platform,
    temporaryDirectory: options.temporaryDirectory ?? tmpdir(),
    inFolder: join(folder, SOCKET_FILE),
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES
}

function pipeName(): string {
  return `\\\\.\\pipe\\murmuration-${randomBytes(16).toString('hex')}`
}

async function shortPath(folder: string, temporaryDirectory: string): Promise<string> {
  const user = process.getuid?.() ?? 0
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  for (const parent of new Set([temporaryDirectory, '/tmp'])) {
    const own = join(parent, `murmuration-${user}-${name}`)
    const path = join(own, SOCKET_FILE)
    if (!fits(path)) continue
    await mkdir(own, { recursive: true, mode: 0o700 })
    await requireOwn(own, user)
    return path
  }
  throw new LocalSocketError(
    `The path of ${folder} is too long for a local socket. Choose a shorter one with --data-dir.`,
  )
}

/** A folder in a place that everybody may write to is only used where it is this user's, and closed to others. */
async function requireOwn(path: string, user: number): Promise<void> {
  const stats = await lstat(path)
  if (stats.isDirectory() && stats.uid === user && (stats.mode & 0o077) === 0) return
  throw new LocalSocketError(`${path} is not this user's own folder. Remove it, or choose a shorter --data-dir.`)
}
