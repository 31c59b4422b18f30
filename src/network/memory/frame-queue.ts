interface Reader {
  readonly resolve: (result: IteratorResult<Uint8Array, undefined>) => void
  readonly reject: (error: Error) => void
}

/** Frames between a connection and whoever iterates them; the stream's window bounds what lies here. */
export class FrameQueue {
  readonly #onTake: (frame: Uint8Array) => void
  #frames: Uint8Array[] = []
  #readers: Reader[] = []
  #end: { readonly error: Error | undefined } | undefined

  /** @param onTake called for each frame that a reader got */
  constructor(onTake: (frame: Uint8Array) => void) {
    this.#onTake = onTake
  }

  push(frame: Uint8Array): void {
    if (this.#end !== undefined) return
    const reader = this.#readers.shift()
    if (reader === undefined) {
      this.#frames.push(frame)
      return
    }
    reader.resolve({ done: false, value: frame })
    this.#onTake(frame)
  }

  /** Nothing more comes; what lies here can still be read. */
  finish(): void {
    this.#end ??= { error: undefined }
    for (const reader of this.#readers.splice(0)) reader.resolve({ done: true, value: undefined })
  }

  /** What lies here is dropped, and reading throws. */
  fail(error: Error): void {
    if (this.#end?.error !== undefined) return
    this.#end = { error }
    this.#frames = []
    for (const reader of this.#readers.splice(0)) reader.reject(error)
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const frame = this.#frames.shift()
    if (frame !== undefined) {
      this.#onTake(frame)
      return Promise.resolve({ done: false, value: frame })
    }
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error)
    if (this.#end !== undefined) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
    })
  }
}
