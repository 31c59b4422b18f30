/** Waits this long for further changes before reading a list again: a burst costs one call. */
const SETTLE_MS = 60
/** In a lively swarm lists change all the time; nobody reads faster than this. */
const APART_MS = 400

/** Reads something again when told that it changed: never twice at once, and once more if it changed meanwhile. */
export class Refresher {
  readonly #read: () => Promise<void>
  #timer: ReturnType<typeof setTimeout> | null = null
  #running = false
  #again = false
  /** The next read may not begin before this one is so long ago. */
  #resting = false

  constructor(read: () => Promise<void>) {
    this.#read = read
  }

  /** Reads soon. */
  mark(): void {
    if (this.#running) {
      this.#again = true
      return
    }
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null
        void this.#run()
      },
      this.#resting ? APART_MS : SETTLE_MS,
    )
  }

  /** Reads at once. */
  now(): void {
    this.stop()
    if (this.#running) this.#again = true
    else void this.#run()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#again = false
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      await this.#read()
    } catch {
      // The peer went away or is not in a swarm yet: the next connection or change reads again.
    }
    this.#running = false
    this.#resting = true
    setTimeout(() => {
      this.#resting = false
    }, APART_MS)
    if (!this.#again) return
    this.#again = false
    this.mark()
  }
}
