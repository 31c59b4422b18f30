import { MurmurationError } from '../base/errors.ts'

/** The other side could not show that it belongs here. */
export class NotProvenError extends MurmurationError {
  constructor(message = 'the machine does not know this swarm', options?: ErrorOptions) {
    super('NOT_ADMITTED', message, options)
  }
}

/** The other side speaks another version of the gate. */
export class OtherVersionError extends MurmurationError {
  /** Which side has to be updated. */
  readonly outdated: 'this' | 'other'

  constructor(outdated: 'this' | 'other') {
    const advice = outdated === 'this' ? 'speaks a newer version: update Murmuration here' : 'has to be updated'
    super('NOT_ADMITTED', `the machine ${advice}`)
    this.outdated = outdated
  }
}

/** An invite in a form that only later versions know. */
export class InviteTooNewError extends MurmurationError {
  constructor() {
    super('INVITE_TOO_NEW', 'the invite was made by a newer Murmuration: update this one')
  }
}

/** An invite that can't be read: the message says what to do. */
export class InviteError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVITE_INVALID', message, options)
  }
}
