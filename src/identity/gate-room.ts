import { NotProvenError } from './errors.ts'

/** What one machine may show: memberships of thousands of devices. */
const MAX_CREDENTIALS_BYTES = 16 * 1024 * 1024
/** What is held of all that show something at the same time. */
const MAX_HELD_BYTES = 32 * 1024 * 1024
/** What a frame counts at least: a signature is checked for each. */
const LEAST_BYTES = 1024

/** What strangers' credentials take up here before anybody knows whether they belong. */
export class CredentialRoom {
  #held = 0

  /** The place of one machine; to be left however it ends. */
  enter(): { take(bytes: number): void; leave(): void } {
    let own = 0
    return {
      take: (bytes) => {
        const more = Math.max(bytes, LEAST_BYTES)
        if (own + more > MAX_CREDENTIALS_BYTES) throw new NotProvenError('the machine shows more than any member would')
        if (this.#held + more > MAX_HELD_BYTES) throw new NotProvenError('too many show their credentials just now')
        own += more
        this.#held += more
      },
      leave: () => {
        this.#held -= own
        own = 0
      },
    }
  }
}
