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

export class ChunkMissingError extends MurmurationError {
  constructor(address: string) {
    super(
      'CHUNK_MISSING',
      `The chunk ${address.slice(0, 12)}… is not on this machine. It has to come from another one.`,
    )
  }
}

export class ChunkDamagedError extends MurmurationError {
  constructor(address: string) {
    super(
      'CHUNK_DAMAGED',
      `The chunk ${address.slice(0, 12)}… is not what it was when it was stored, and was thrown away. It has to come from another machine; check this machine's disk.`,
    )
  }
}

export class WrongChunkError extends MurmurationError {
  constructor(address: string) {
    super(
      'WRONG_CHUNK',
      `What was given as the chunk ${address.slice(0, 12)}… is something else. Ask another machine for it.`,
    )
  }
}

export class OfferUsedUpError extends MurmurationError {
  constructor(offered: number) {
    super(
      'OFFER_USED_UP',
      `The ${Math.round(offered / 1e6).toLocaleString('en')} MB that this machine offers are used up. Offer more in its settings.`,
    )
  }
}

export class DiskFullError extends MurmurationError {
  constructor(folder: string, options: ErrorOptions) {
    super('DISK_FULL', `The disk that "${folder}" lies on is full. Make room, and try again.`, options)
  }
}
