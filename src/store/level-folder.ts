import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { access, copyFile, link, mkdir, open, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

import { codeOf, messageOf } from '../base/errors.ts'
import { classify } from './level-failure.ts'
import { StoreCorruptError, StoreFullError, StoreUnwritableError } from './errors.ts'

/** Who has the folder open, for the message to whoever comes second. LevelDB leaves names that it doesn't know alone. */
const HOLDER_FILE = 'holder'
/** Made when a read met damage: the next start repairs. */
const DAMAGE_FILE = 'damaged'
/** Copies of damaged stores that may lie beside the store. More means a broken disk, which no repair cures. */
const MAX_DAMAGED_COPIES = 20
/** The last eight bytes of every LevelDB table (its doc/table_format.md), little-endian. */
const TABLE_MAGIC = '57fb808b247547db'
/** A new manifest, CURRENT and log. */
const MANIFEST_RESERVE_BYTES = 65_536
const TABLE = /^\d+\.(?:ldb|sst)$/
const LOG = /^\d+\.log$/
/** The two block handles and the magic that end every table. */
const TABLE_FOOTER_BYTES = 48

/**
 * Makes the folder where it is missing and shows that it can be written.
 * @returns its real path @throws StoreUnwritableError, StoreFullError
 */
export async function prepareFolder(folder: string): Promise<string> {
  try {
    await makeFolder(resolve(folder))
    await access(folder, constants.R_OK | constants.W_OK)
    const probe = join(folder, `${HOLDER_FILE}.probe`)
    await writeFile(probe, '')
    await rm(probe)
    return await realpath(folder)
  } catch (error) {
    if (classify(error) === 'full') throw new StoreFullError(folder, { cause: error, opening: true })
    throw new StoreUnwritableError(folder, messageOf(error), { cause: error })
  }
}

/** Step by step: Node's own recursive mkdir never returns in folders such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    const parent = dirname(folder)
    const parentIsMissing = code === 'ENOENT' && parent !== folder && !(await exists(parent))
    if (!parentIsMissing) throw error
    await makeFolder(parent)
    await mkdir(folder)
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

export async function writeHolder(folder: string, holder: string): Promise<void> {
  // Only for a message: a failure must not keep the store from opening.
  await writeFile(join(folder, HOLDER_FILE), holder).catch(() => undefined)
}

export async function readHolder(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, HOLDER_FILE), 'utf8').catch(() => '')
  return /^process \d{1,10}$/.test(text) ? text : undefined
}

export async function removeHolder(folder: string): Promise<void> {
  await rm(join(folder, HOLDER_FILE), { force: true }).catch(() => undefined)
}

/** Leaves word for the next start that the records need a repair. */
export async function markDamaged(folder: string, detail: string): Promise<void> {
  await writeFile(join(folder, DAMAGE_FILE), detail).catch(() => undefined)
}

export async function clearDamageMark(folder: string): Promise<void> {
  await rm(join(folder, DAMAGE_FILE), { force: true })
}

/** Why a folder in which LevelDB finds no store is not an empty one, if so. */
export async function findLostStore(folder: string): Promise<string | undefined> {
  const names = await readdir(folder)
  const held = names.some((name) => TABLE.test(name) || name.startsWith('MANIFEST-'))
  return held ? 'the file CURRENT is missing' : undefined
}

/**
 * Damage that LevelDB itself does not notice when it opens.
 * @param tables the numbers of those that are in use; others may be half written
 */
export async function findDamage(folder: string, tables: readonly number[]): Promise<string | undefined> {
  const met = await readFile(join(folder, DAMAGE_FILE), 'utf8').catch(() => undefined)
  if (met !== undefined) return met === '' ? 'damage was met earlier' : met
  for (const number of tables) {
    const name = `${String(number).padStart(6, '0')}.ldb`
    if (!(await isWholeTable(join(folder, name)))) return `the end of ${name} is missing or overwritten`
  }
  return undefined
}

async function isWholeTable(path: string): Promise<boolean> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch {
    // Compacted away since, or missing altogether, which LevelDB does notice.
    return true
  }
  try {
    const { size } = await file.stat()
    if (size < TABLE_FOOTER_BYTES) return false
    const magic = Buffer.alloc(8)
    await file.read(magic, 0, 8, size - 8)
    return magic.toString('hex') === TABLE_MAGIC
  } finally {
    await file.close()
  }
}

/**
 * Keeps the files of a store under a name of their own beside it, as hard links where the disk can: LevelDB replaces
 * files and never changes their bytes, so the copy stays as it was and costs nothing.
 */
export async function copyStore(folder: string): Promise<string> {
  for (let number = 1; number <= MAX_DAMAGED_COPIES; number++) {
    const copy = `${folder}.damaged-${number}`
    try {
      await mkdir(copy)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw error
    }
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile() || entry.name === 'LOCK' || entry.name === HOLDER_FILE) continue
      const from = join(folder, entry.name)
      const to = join(copy, entry.name)
      await link(from, to).catch(async () => await copyFile(from, to))
    }
    return copy
  }
  throw new StoreCorruptError(
    `the records in ${folder} are damaged again; ${MAX_DAMAGED_COPIES} damaged copies lie beside it already: the disk is probably failing. Move to another disk, then start with another --data-dir and join again`,
  )
}

/** Puts the copy back in the place of what a failed repair left. File by file: the folder may be a mount of its own. */
export async function restoreStore(folder: string, copy: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
  for (const name of await readdir(copy)) await copyFile(join(copy, name), join(folder, name))
  await rm(copy, { recursive: true })
}

/** Whether there are files that records could be read from. */
export async function holdsRecords(folder: string): Promise<boolean> {
  for (const name of await readdir(folder)) {
    if ((TABLE.test(name) || LOG.test(name)) && (await stat(join(folder, name))).size > 0) return true
  }
  return false
}

/** What LevelDB noted in its own diary when it skipped damage in the write-ahead log, which it does not report. */
export async function droppedFromLog(folder: string): Promise<string | undefined> {
  const diary = await readFile(join(folder, 'LOG'), 'utf8').catch(() => '')
  return /dropping \d+ bytes; .*/.exec(diary)?.[0]
}

/** Bytes of all files of the store that lie in its folder. */
export async function bytesOnDisk(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder).catch(() => [])) {
    // Compaction removes files at any moment.
    bytes += await stat(join(folder, name)).then(
      (file) => file.size,
      () => 0,
    )
  }
  return bytes
}

/** The write-ahead logs that are there, oldest first. */
export async function writeAheadLogs(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => LOG.test(name))
  return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).map((name) => join(folder, name))
}

/**
 * Shows that there is room to open LevelDB anew and to write `bytes`: opening turns the logs into tables, and an
 * opening that fails half-way would take the reads away as well.
 * @throws what the disk says where there is none
 */
export async function provisionSpace(folder: string, bytes: number): Promise<void> {
  let needed = bytes + MANIFEST_RESERVE_BYTES
  for (const log of await writeAheadLogs(folder)) needed += (await stat(log)).size
  const probe = join(folder, `${HOLDER_FILE}.probe`)
  try {
    await writeFile(probe, new Uint8Array(needed))
  } finally {
    await rm(probe, { force: true })
  }
}
