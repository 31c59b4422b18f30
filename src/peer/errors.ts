import { MurmurationError } from '../base/errors.ts'

export class DataFolderError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATA_FOLDER', message, options)
  }
}

/** The call needs a swarm and this machine is in none. */
export class NoSwarmError extends MurmurationError {
  constructor() {
    super(
      'NO_SWARM',
      'this machine is in no swarm yet: make one with "swarm create NAME", or join one with "join INVITE"',
    )
  }
}

export class AlreadyInSwarmError extends MurmurationError {
  constructor(name: string) {
    super(
      'ALREADY_IN_SWARM',
      `this machine is in the swarm "${name}" already: use another --data-dir for another swarm`,
    )
  }
}

/** Nobody could be joined: what was tried, and why it failed, is in the message. */
export class JoinError extends MurmurationError {
  constructor(message: string, options?: ErrorOptions) {
    super('JOIN_FAILED', message, options)
  }
}

export class SessionNotFoundError extends MurmurationError {
  constructor() {
    super('SESSION_NOT_FOUND', 'this editor is no longer connected to the document: open it again')
  }
}
