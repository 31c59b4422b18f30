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

export class FileNotFoundError extends MurmurationError {
  constructor(asked: string) {
    super(
      'FILE_NOT_FOUND',
      `There is no "${shorten(asked)}" here. It was moved or deleted, or has not arrived on this machine yet.`,
    )
  }
}

export class FileExistsError extends MurmurationError {
  constructor(name: string) {
    super('FILE_EXISTS', `There is a "${shorten(name)}" already. Choose another name.`)
  }
}

export class FileNameError extends MurmurationError {
  constructor(limit: number) {
    super(
      'FILE_NAME_INVALID',
      `A name is 1 to ${limit} bytes long, has no "/" in it, and is neither "." nor "..". Choose another name.`,
    )
  }
}

export class FolderIntoItselfError extends MurmurationError {
  constructor(name: string) {
    super('FOLDER_INTO_ITSELF', `"${shorten(name)}" cannot be moved into itself. Choose another folder.`)
  }
}

export class FolderTooDeepError extends MurmurationError {
  constructor(limit: number) {
    super('FOLDER_TOO_DEEP', `Folders lie at most ${limit} deep in one another. Put it further up.`)
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
