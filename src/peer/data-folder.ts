import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { fromHex, toHex } from '../base/bytes.ts'
import { codeOf, messageOf } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import { deviceKeyFromSeed } from '../identity/device-key.ts'
import { DataFolderError } from './errors.ts'

/** Where a peer keeps everything: its key, its settings, its store and its log. */
export interface DataFolder {
  readonly path: string
  readonly key: DeviceKey
  readonly store: string
  readonly settings: string
  /** Names the swarm that it belongs to. */
  readonly swarm: string
  readonly log: string
  /** Of this machine and this folder: another one means that the folder was copied. */
  readonly fingerprint: string
}

const KEY_FILE = 'device.key'
/** Reads and writes for the owner alone. */
const OWNER_ONLY = 0o600

/**
 * Opens a data folder, or makes it on first use.
 * @throws DataFolderError that names the folder and the way out
 */
export async function openDataFolder(path: string, random: Random): Promise<DataFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const key = await loadKey(join(path, KEY_FILE), random)
    return {
      path,
      key,
      store: join(path, 'store'),
      settings: join(path, 'settings.json'),
      swarm: join(path, 'swarm.json'),
      log: join(path, 'peer.log'),
      fingerprint: await fingerprintOf(path),
    }
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    throw new DataFolderError(`the data folder ${path} ${reasonFor(error)}`, { cause: error })
  }
}

function reasonFor(error: unknown): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'cannot be written: give yourself the right to write there, or choose another with --data-dir'
    case 'ENOSPC':
      return 'is on a disk that is full: free some space, or choose another with --data-dir'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'is a file: choose a folder with --data-dir'
    default:
      return `cannot be used (${messageOf(error)}): choose another with --data-dir`
  }
}

async function loadKey(file: string, random: Random): Promise<DeviceKey> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    if (!/^[0-9a-f]{64}$/.test(text)) {
      throw new DataFolderError(
        `${file} does not hold a device key: restore it from a backup, or choose another --data-dir`,
      )
    }
    return deviceKeyFromSeed(fromHex(text))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const seed = random.bytes(32)
  await writeDurably(file, `${toHex(seed)}\n`)
  return deviceKeyFromSeed(seed)
}

/** Whole or not at all, also when the power is cut. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w', OWNER_ONLY)
  try {
    await writeFile(handle, text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

/** A copy lies in another inode or on another machine; a folder that was merely moved keeps both. */
async function fingerprintOf(path: string): Promise<string> {
  const { birthtimeMs, dev, ino } = await stat(path)
  const parts = [machineId(), dev, ino, Math.floor(birthtimeMs)]
  return createHash('sha256').update(parts.join('\n')).digest('hex')
}

function machineId(): string {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      return readFileSync(file, 'utf8').trim()
    } catch {
      continue
    }
  }
  return hostname()
}
