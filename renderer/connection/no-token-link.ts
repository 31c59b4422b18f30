import { t } from '../strings/index.ts'
import { LinkBase } from './link-base.ts'

/** A page that was opened without its token: there is nothing to try. */
export class NoTokenLink extends LinkBase {
  constructor() {
    super()
    this.refused(t.link.noToken)
  }

  retryNow(): void {
    // Needs the whole address; opening it loads the page anew.
  }

  protected onClosed(): void {
    // It never had a client.
  }
}
