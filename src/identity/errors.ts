import { MurmurationError } from '../base/errors.ts'

/** The other side could not show that it knows the swarm's secret. */
export class SecretNotProvenError extends MurmurationError {
  constructor(message = 'the machine does not know the secret of this swarm', options?: ErrorOptions) {
    super('NOT_ADMITTED', message, options)
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
