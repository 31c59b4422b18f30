import { MurmurationError } from '../base/errors.ts'
import type { DoorRefusal } from './membership/index.ts'

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

/** What is asked for is for machines that are no members any more. */
export class StillMemberError extends MurmurationError {
  constructor(name: string) {
    super('STILL_MEMBER', `this machine is a member of "${name}": leave the swarm first`)
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

const REFUSALS: Readonly<Record<DoorRefusal, readonly [code: string, message: string]>> = {
  forged: ['INVITE_INVALID', 'the invite is not one that this swarm made: ask for a new one'],
  expired: ['INVITE_EXPIRED', 'the invite has expired: ask for a new one'],
  revoked: ['INVITE_REVOKED', 'the invite was taken back: ask for a new one'],
  used: ['INVITE_USED', 'the invite has been used: ask for a new one'],
  member: [
    'WAS_MEMBER',
    'this machine was a member and is none any more: it comes back only as a new one. Delete what it kept of the swarm, then use the invite',
  ],
  admitter: ['JOIN_FAILED', 'only machines that may not let anybody in could be reached: try again when another is on'],
  link: ['LINK_CLOSED', 'the other machine does not know this link any more: make a new one there'],
  outdated: ['VERSION_TOO_OLD', 'the swarm speaks a newer version: update Murmuration here'],
}

/** Somebody of the swarm answered, and did not let this machine in. */
export class EntryRefusedError extends MurmurationError {
  constructor(refusal: DoorRefusal) {
    const [code, message] = REFUSALS[refusal]
    super(code, message)
  }
}
