import { MurmurationError } from '../base/errors.ts'

export class FileTooLargeError extends MurmurationError {
  constructor() {
    super('FILE_TOO_LARGE', 'The file is larger than the drive can describe. Split it into several files.')
  }
}

export class ContentDamagedError extends MurmurationError {
  constructor(address: string) {
    super(
      'CONTENT_DAMAGED',
      `A part of the file (${address.slice(0, 12)}…) is not what its entry promises. Restore an earlier version of the file.`,
    )
  }
}
