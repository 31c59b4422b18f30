import { MurmurationError } from '../base/errors.ts'

/** The root of all failures of the store itself: what was asked of it says nothing about the records. */
export abstract class StoreError extends MurmurationError {}

/** Another process has this store open. */
export class StoreLockedError extends StoreError {
  constructor(folder: string, holder: string | undefined, options?: ErrorOptions) {
    const who = holder === undefined ? '' : ` (${holder})`
    super(
      'STORE_LOCKED',
      `another Murmuration is running on ${folder}${who}; stop it or choose another --data-dir`,
      options,
    )
  }
}

/** Records are damaged, and repairing them did not help. */
export class StoreCorruptError extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_CORRUPT', message, options)
  }
}

/** The folder can't be made or written. */
export class StoreUnwritableError extends StoreError {
  constructor(folder: string, detail: string, options?: ErrorOptions) {
    super(
      'STORE_UNWRITABLE',
      `can't write in ${folder}: ${detail}; give this user the right to write there or choose another --data-dir`,
      options,
    )
  }
}

/**
 * No space left. Nothing of the write was applied, and the store works again once there is space.
 * Opening needs some as well: LevelDB then turns its log, up to 4 MB, into a table.
 */
export class StoreFullError extends StoreError {
  constructor(folder: string, options?: ErrorOptions & { readonly opening?: boolean }) {
    const remedy =
      options?.opening === true
        ? 'free some space and start Murmuration again'
        : 'nothing more can be saved; free some space, Murmuration then goes on by itself'
    super('STORE_FULL', `the disk that holds ${folder} is full: ${remedy}`, options)
  }
}

/** The disk refused a write for another reason than space. Nothing of it was applied. */
export class StoreWriteError extends StoreError {
  constructor(folder: string, detail: string, options?: ErrorOptions) {
    super('STORE_WRITE_FAILED', `could not save to ${folder}: ${detail}; check the disk`, options)
  }
}

/** The store is not open: not started yet, or stopped. */
export class StoreClosedError extends StoreError {
  constructor(folder: string, options?: ErrorOptions) {
    super('STORE_CLOSED', `the store in ${folder} is not open`, options)
  }
}
