import type { Clock } from '../base/clock.ts'
import type { Disposable } from '../base/lifecycle.ts'

/** Messages watched at once; older ones are looked up again when they are read. */
const MAX_WATCHED = 200
/** Copies are looked at this long after something changed, so that many changes cost one look; longer for many messages. */
const LOOK_AFTER_MS = 200
const LOOK_AFTER_EACH_MS = 5

interface Watched<Reference> {
  readonly reference: Reference
  copies: number
}

/** Tells again of recent messages whenever they have reached more machines, until all have them. */
export class CopiesWatch<Reference> implements Disposable {
  readonly #clock: Clock
  readonly #count: (reference: Reference) => { readonly copies: number; readonly machines: number }
  readonly #tell: (message: string) => void
  readonly #watched = new Map<string, Watched<Reference>>()
  #timer: Disposable | undefined

  constructor(options: {
    readonly clock: Clock
    /** Asks memory alone: it is done for everything watched, several times a second while messages come. */
    readonly count: (reference: Reference) => { readonly copies: number; readonly machines: number }
    readonly tell: (message: string) => void
  }) {
    this.#clock = options.clock
    this.#count = options.count
    this.#tell = options.tell
  }

  watch(
    message: string,
    seen: { readonly reference: Reference; readonly copies: number; readonly machines: number },
  ): void {
    this.#watched.delete(message)
    if (seen.copies >= seen.machines) return
    this.#watched.set(message, { reference: seen.reference, copies: seen.copies })
    for (const oldest of this.#watched.keys()) {
      if (this.#watched.size <= MAX_WATCHED) break
      this.#watched.delete(oldest)
    }
  }

  /** Somebody may hold more than before. */
  replicasChanged(): void {
    if (this.#timer !== undefined || this.#watched.size === 0) return
    this.#timer = this.#clock.after(LOOK_AFTER_MS + LOOK_AFTER_EACH_MS * this.#watched.size, () => {
      this.#timer = undefined
      this.#look()
    })
  }

  /** Where those wait that have not reached everybody has changed. */
  waitingChanged(): void {
    for (const message of this.#watched.keys()) this.#tell(message)
  }

  #look(): void {
    for (const [message, watched] of [...this.#watched]) {
      const { copies, machines } = this.#count(watched.reference)
      if (copies === watched.copies && copies < machines) continue
      watched.copies = copies
      if (copies >= machines) this.#watched.delete(message)
      this.#tell(message)
    }
  }

  dispose(): void {
    this.#timer?.dispose()
    this.#watched.clear()
  }
}
