import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { codeOf, messageOf, MurmurationError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import type { KeyVaults } from './device-key-file.ts'
import { KEY_FILE, loadDeviceKey, renewDeviceKey } from './device-key-file.ts'
import { DataFolderError } from './errors.ts'

/** Where a peer keeps everything: its key, its settings, its store and its log. */
export interface DataFolder {
  readonly path: string
  readonly key: DeviceKey
  /** Why the key lies open though it was meant not to, in a sentence. */
  readonly keyLiesOpen: string | undefined
  readonly store: string
  readonly settings: string
  /** Names the swarm that it belongs to. */
  readonly swarm: string
  readonly log: string
  /** Of this machine and this folder: another one means that the folder was copied. */
  readonly fingerprint: string
  /** Replaces the key by a new one, kept in the same way: whoever was removed comes back as a new device only. */
  renewKey(random: Random): Promise<DeviceKey>
}

/**
 * Opens a data folder, or makes it on first use.
 * @throws DataFolderError that names the folder and the way out, and all that `loadDeviceKey` throws
 */
export async function openDataFolder(path: string, random: Random, vaults: KeyVaults = {}): Promise<DataFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const keyFile = join(path, KEY_FILE)
    const { key, liesOpen, vault } = await loadDeviceKey(keyFile, { vaults, random })
    return {
      path,
      key,
      keyLiesOpen: liesOpen,
      store: join(path, 'store'),
      settings: join(path, 'settings.json'),
      swarm: join(path, 'swarm.json'),
      log: join(path, 'peer.log'),
      fingerprint: await fingerprintOf(path),
      renewKey: async (chance) => await renewDeviceKey(keyFile, { random: chance, vault }),
    }
  } catch (error) {
    if (error instanceof MurmurationError) throw error
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
