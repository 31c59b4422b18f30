import { t } from '../strings/index.ts'

/** A call was made while there is no way to the peer; nothing was sent. */
export class OfflineError extends Error {
  readonly code = 'OFFLINE'

  constructor() {
    super(t.link.offline)
    this.name = 'OfflineError'
  }
}
