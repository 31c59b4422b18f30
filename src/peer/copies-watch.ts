import type { Clock } from '../base/clock.ts'
import type { Disposable } from '../base/lifecycle.ts'

/** Messages watched at once; older ones are looked up again when they are read. */
const MAX_WATCHED = 200
/** Copies are looked at this long after something changed, so that many changes cost one look. */
const LOOK_AFTER_MS = 200

/** Tells again of recent messages whenever they have reached more machines, until all have them. */
export class CopiesWatch implements Disposable {
  readonly #clock: Clock
  readonly #look: (message: string) => Promise<{ readonly copies: number; readonly machines: number } | undefined>
  readonly #tell: (message: string) => void
  readonly #copies = new Map<string, number>()
  #timer: Disposable | undefined

  constructor(options: {
    readonly clock: Clock
    /** undefined: the message is gone. */
    readonly look: (message: string) => Promise<{ readonly copies: number; readonly machines: number } | undefined>
    readonly tell: (message: string) => void
  }) {
    this.#clock = options.clock
    this.#look = options.look
    this.#tell = options.tell
  }

  watch(message: string, seen: { readonly copies: number; readonly machines: number }): void {
    if (seen.copies >= seen.machines) return
    this.#copies.set(message, seen.copies)
    for (const oldest of this.#copies.keys()) {
      if (this.#copies.size <= MAX_WATCHED) break
      this.#copies.delete(oldest)
    }
  }

  /** Somebody may hold more than before. */
  replicasChanged(): void {
    if (this.#timer !== undefined || this.#copies.size === 0) return
    this.#timer = this.#clock.after(LOOK_AFTER_MS, () => {
      this.#timer = undefined
      void this.#lookAll()
    })
  }

  async #lookAll(): Promise<void> {
    for (const [message, copies] of this.#copies) {
      const now = await this.#look(message).catch(() => undefined)
      if (now === undefined || now.copies >= now.machines) this.#copies.delete(message)
      else this.#copies.set(message, now.copies)
      if (now !== undefined && now.copies !== copies) this.#tell(message)
    }
  }

  dispose(): void {
    this.#timer?.dispose()
    this.#copies.clear()
  }
}
