import type { Stream, StreamMessageEvent } from '@libp2p/interface'

/** So long nothing here waits for an answer. */
const ANSWER_MS = 5_000

/** A stream as bytes, with frames by hand: four bytes of length, big-endian, then so many bytes. */
export class Wire {
  readonly stream: Stream
  /** Every byte that came. */
  readonly received: Uint8Array[] = []
  #rest = Buffer.alloc(0)
  readonly #frames: Uint8Array[] = []
  #wake: () => void = () => undefined

  constructor(stream: Stream) {
    this.stream = stream
    stream.addEventListener('message', (event) => this.#take(event))
    stream.addEventListener('close', () => this.#wake())
    stream.addEventListener('remoteCloseWrite', () => this.#wake())
  }

  get isOpen(): boolean {
    return this.stream.status === 'open'
  }

  /** Sends bytes as they are. Resolves once there is room for more; `false` where the stream is gone. */
  async raw(bytes: Uint8Array): Promise<boolean> {
    if (!this.isOpen) return false
    try {
      if (this.stream.send(bytes)) return true
      await new Promise<void>((resolve) => {
        this.stream.addEventListener('drain', () => resolve(), { once: true })
        this.stream.addEventListener('close', () => resolve(), { once: true })
        setTimeout(resolve, ANSWER_MS).unref()
      })
    } catch {
      // It was closed meanwhile, which is what `isOpen` tells.
    }
    return this.isOpen
  }

  async send(frame: Uint8Array): Promise<boolean> {
    return await this.raw(framed(frame))
  }

  /** The next frame; `undefined` where none comes any more, or not in time. */
  async next(within = ANSWER_MS): Promise<Uint8Array | undefined> {
    const end = performance.now() + within
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      const left = end - performance.now()
      if (!this.isOpen || this.stream.remoteWriteStatus === 'closed' || left <= 0) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        setTimeout(resolve, Math.min(left, 100)).unref()
      })
    }
  }

  #take({ data }: StreamMessageEvent): void {
    const bytes = Buffer.from(data.subarray())
    this.received.push(bytes)
    this.#rest = Buffer.concat([this.#rest, bytes])
    while (this.#rest.length >= 4 && this.#rest.length >= 4 + this.#rest.readUInt32BE(0)) {
      const end = 4 + this.#rest.readUInt32BE(0)
      this.#frames.push(new Uint8Array(this.#rest.subarray(4, end)))
      this.#rest = this.#rest.subarray(end)
    }
    this.#wake()
  }
}

/** A frame whose length may lie. */
export function framed(frame: Uint8Array, length = frame.length): Uint8Array {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(length)
  return Buffer.concat([head, frame])
}
