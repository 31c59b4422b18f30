import type { MurmurationError } from '../../base/errors.ts'

/** The end of a channel: happens once, with the reason that came first. */
export class Closing {
  readonly #controller = new AbortController()
  readonly signal: AbortSignal = this.#controller.signal

  get done(): boolean {
    return this.signal.aborted
  }

  /** Returns whether this call was the one that ended it. */
  close(reason?: MurmurationError): boolean {
    if (this.done) return false
    this.#controller.abort(reason)
    return true
  }
}
