import { codeOf, messageOf, MurmurationError } from '../base/errors.ts'
import { StoreCorruptError, StoreFullError, StoreUnwritableError, StoreWriteError } from './errors.ts'

/** What LevelDB (through strerror or FormatMessage) and Node say where there is no space, or no quota, left. */
const FULL = /ENOSPC|EDQUOT|no space left|quota exceeded|not enough space|disk full/i
/** … and where the folder or its disk may not be written. */
const UNWRITABLE =
  /EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|permission denied|not permitted|read-only|not a directory|access is denied/i

export type LevelFailure = 'full' | 'locked' | 'corrupt' | 'unwritable' | 'other'

/** The failure that LevelDB wraps into "failed to open", where there is one. */
export function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : error
}

/** Sorts what classic-level and node:fs throw. LevelDB itself tells apart only by message. */
export function classify(error: unknown): LevelFailure {
  const inner = innermost(error)
  const code = codeOf(inner)
  const text = `${code} ${messageOf(inner)}`
  if (code === 'LEVEL_LOCKED') return 'locked'
  if (FULL.test(text)) return 'full'
  if (code === 'LEVEL_CORRUPTION') return 'corrupt'
  // A file that the manifest names is gone: damage, while any other "no such file" is a folder that can't be made.
  if (code === 'LEVEL_IO_ERROR' && /no such file/i.test(text)) return 'corrupt'
  return UNWRITABLE.test(text) ? 'unwritable' : 'other'
}

/** The named error for what a read or a write of an open store threw. */
export function operationFailed(folder: string, error: unknown): Error {
  if (error instanceof MurmurationError) return error
  const detail = messageOf(innermost(error))
  const options = { cause: error }
  switch (classify(error)) {
    case 'full':
      return new StoreFullError(folder, options)
    case 'corrupt':
      return new StoreCorruptError(
        `records in ${folder} are damaged (${detail}); stop Murmuration and start it again: it then keeps a copy and repairs them`,
        options,
      )
    case 'unwritable':
      return new StoreUnwritableError(folder, detail, options)
    case 'locked':
    case 'other':
      return new StoreWriteError(folder, detail, options)
  }
}
