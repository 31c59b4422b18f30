import { MurmurationError } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'

/** A device that does not belong any more asked the mailbox of this machine. */
export class NotWelcomeError extends MurmurationError {
  constructor(device: DeviceId) {
    super('NOT_WELCOME', `${device} does not belong any more, and this machine holds nothing for it`)
  }
}
