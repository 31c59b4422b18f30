import { ClassicLevel } from 'classic-level'

import { messageOf } from '../base/errors.ts'
import { StoreCorruptError, StoreFullError, StoreLockedError, StoreUnwritableError, StoreWriteError } from './errors.ts'
import { classify, innermost } from './level-failure.ts'
import {
  clearDamageMark,
  copyStore,
  droppedFromLog,
  findDamage,
  findLostStore,
  holdsRecords,
  readHolder,
  restoreStore,
} from './level-folder.ts'

export type Level = ClassicLevel<Uint8Array, Uint8Array>

/** What a repair at the start did; whoever runs the peer must hear of it. */
export interface StoreRepair {
  /** What was damaged. */
  readonly reason: string
  /** The folder that keeps the damaged files as they were; absent where only the end of the log was hit. */
  readonly copy?: string
  /** A sentence for the person. */
  readonly message: string
}

export interface OpenedLevel {
  readonly level: Level
  readonly repair?: StoreRepair
}

type Attempt =
  | { readonly outcome: 'open'; readonly level: Level }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'damaged'; readonly detail: string }
  | { readonly outcome: 'failed'; readonly error: unknown }

/**
 * Opens LevelDB in a folder that exists, and where it is damaged repairs it once, keeping a copy.
 * @throws StoreLockedError, StoreCorruptError, StoreFullError, StoreUnwritableError
 */
export async function openLevel(folder: string): Promise<OpenedLevel> {
  // Tried before anything is judged, because only opening takes the lock; and without `createIfMissing`, because
  // LevelDB takes a store that lost CURRENT for an empty one and then deletes its files.
  const first = await attempt(folder)
  if (first.outcome === 'failed') throw await named(folder, first.error)
  if (first.outcome === 'damaged') return await repair(folder, first.detail)
  if (first.outcome === 'missing') {
    const lost = await findLostStore(folder)
    return lost === undefined ? await created(folder) : await repair(folder, lost)
  }
  const damage = await findDamage(folder, tablesOf(first.level))
  if (damage === undefined) return await opened(folder, first.level)
  await first.level.close()
  return await repair(folder, damage)
}

/** The numbers of the tables in use: lines of ` 17:123['first' .. 'last']` below a heading for each level. */
function tablesOf(level: Level): number[] {
  return [...level.getProperty('leveldb.sstables').matchAll(/^ (\d+):\d+\[/gm)].map(([, number]) => Number(number))
}

/** Opens what was open until just now. @throws as openLevel */
export async function reopenLevel(folder: string): Promise<Level> {
  try {
    return await open(folder, { createIfMissing: false })
  } catch (error) {
    throw await named(folder, error, { opening: false })
  }
}

async function created(folder: string): Promise<OpenedLevel> {
  try {
    return { level: await open(folder, { createIfMissing: true }) }
  } catch (error) {
    throw await named(folder, error)
  }
}

async function opened(folder: string, level: Level): Promise<OpenedLevel> {
  const reason = await droppedFromLog(folder)
  if (reason === undefined) return { level }
  const message =
    `some of the newest records in ${folder} were damaged and could not be read (${reason}); ` +
    'those that other machines hold come back from there'
  return { level, repair: { reason, message } }
}

async function attempt(folder: string): Promise<Attempt> {
  try {
    return { outcome: 'open', level: await open(folder, { createIfMissing: false }) }
  } catch (error) {
    const detail = messageOf(innermost(error))
    if (detail.includes('create_if_missing is false')) return { outcome: 'missing' }
    return classify(error) === 'corrupt' ? { outcome: 'damaged', detail } : { outcome: 'failed', error }
  }
}

async function open(folder: string, options: { readonly createIfMissing: boolean }): Promise<Level> {
  const level: Level = new ClassicLevel(folder, { keyEncoding: 'view', valueEncoding: 'view', ...options })
  await level.open(options)
  return level
}

async function repair(folder: string, reason: string): Promise<OpenedLevel> {
  const heldRecords = await holdsRecords(folder)
  const copy = await copyStore(folder).catch(async (error: unknown) => {
    throw await named(folder, error)
  })
  let level: Level | undefined
  try {
    await ClassicLevel.repair(folder)
    await clearDamageMark(folder)
    level = await open(folder, { createIfMissing: false })
    // An empty store would make this machine a stranger to its own swarm, silently.
    if (heldRecords && (await level.keys({ limit: 1 }).all()).length === 0) throw new Error('no record could be read')
  } catch (error) {
    await level?.close()
    await restoreStore(folder, copy)
    throw classify(error) === 'full'
      ? new StoreFullError(folder, { cause: error, opening: true })
      : beyondRepair(folder, reason, error)
  }
  const message =
    `the records in ${folder} were damaged (${reason}) and have been repaired; ` +
    `what could not be read comes back from other machines. The damaged files are kept in ${copy}`
  return { level, repair: { reason, copy, message } }
}

async function named(
  folder: string,
  error: unknown,
  { opening }: { readonly opening: boolean } = { opening: true },
): Promise<Error> {
  const detail = messageOf(innermost(error))
  const options = { cause: error }
  if (error instanceof StoreCorruptError) return error
  switch (classify(error)) {
    case 'locked':
      return new StoreLockedError(folder, await readHolder(folder), options)
    case 'full':
      return new StoreFullError(folder, { ...options, opening })
    case 'corrupt':
      return beyondRepair(folder, detail, error)
    case 'unwritable':
      return new StoreUnwritableError(folder, detail, options)
    case 'other':
      return new StoreWriteError(folder, detail, options)
  }
}

function beyondRepair(folder: string, reason: string, cause: unknown): StoreCorruptError {
  return new StoreCorruptError(
    `the records in ${folder} are damaged (${reason}) and can't be repaired; they were left as they are. ` +
      'Put a backup of the folder in its place, or move it away and join the swarm again: what other machines hold comes back',
    { cause },
  )
}
