import { MurmurationError } from '../base/errors.ts'

export class DocumentNotFoundError extends MurmurationError {
  constructor(document: string) {
    super(
      'DOCUMENT_NOT_FOUND',
      `There is no document "${document.slice(0, 80)}" here. See what there is with "murmuration doc list".`,
    )
  }
}

export class DocumentDeletedError extends MurmurationError {
  constructor(title: string) {
    super('DOCUMENT_DELETED', `The document "${title}" was deleted. Restore it to go on with it.`)
  }
}

export class DocumentTitleError extends MurmurationError {
  constructor(message: string) {
    super('DOCUMENT_TITLE_INVALID', message)
  }
}

export class DocumentFullError extends MurmurationError {
  constructor(what: string) {
    super('DOCUMENT_FULL', `This document takes no more of this machine's writing: ${what}. Go on in a new document.`)
  }
}

export class SessionNotFoundError extends MurmurationError {
  constructor() {
    super('SESSION_NOT_FOUND', 'This editor is no longer connected to the document. Open the document again.')
  }
}

export class TooManySessionsError extends MurmurationError {
  constructor(limit: number) {
    super('TOO_MANY_SESSIONS', `This machine has ${limit} editors open already. Close some and try again.`)
  }
}

/** Who belongs changed, and with it the text that somebody was writing in. */
export class DocumentRebuiltError extends MurmurationError {
  constructor() {
    super(
      'DOCUMENT_REBUILT',
      'What counts in this document has changed while it was written, so this was not taken. Read it again, and write once more.',
    )
  }
}

export class UpdateRefusedError extends MurmurationError {
  constructor(reason: string, options?: ErrorOptions) {
    super('UPDATE_REFUSED', `What the editor sent was not taken: ${reason}. Open the document again.`, options)
  }
}

export class PresenceRefusedError extends MurmurationError {
  constructor(reason: string) {
    super('PRESENCE_REFUSED', `The editor's presence was not taken: ${reason}.`)
  }
}
