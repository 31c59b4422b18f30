import { link, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import { codeOf } from '../base/errors.ts'

/** Reads and writes for the owner alone. */
const OWNER_ONLY = 0o600

/** Whole or not at all, also when the power is cut. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`
  await writeSynced(temporary, text)
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/**
 * The same for a file that must not be there yet.
 * @param attempt tells what this process writes from what another one does at the same time
 * @returns false where it is there, which is then left as it is
 */
export async function createDurably(file: string, text: string, attempt: string): Promise<boolean> {
  const temporary = `${file}.${attempt}.new`
  await writeSynced(temporary, text)
  try {
    await link(temporary, file)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // A disk without hard links: whoever comes second here loses what the first wrote.
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(file))
  return true
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', OWNER_ONLY)
  try {
    // One that was left there may have another mode.
    await handle.chmod(OWNER_ONLY)
    await writeFile(handle, text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A new name outlives a power cut only once its folder is on the disk; Windows does that by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some network disks know no such thing.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error
  } finally {
    await handle.close()
  }
}
