import { MAX_FRAME_BYTES, MalformedFrameError } from '../wire/frames.ts'

/** Each frame goes behind its length: four bytes, big-endian. */
export const LENGTH_BYTES = 4

/** Cuts a stream of bytes into frames. Memory grows with what arrived, never with what a length promises. */
export class FrameReader {
  #chunks: Uint8Array[] = []
  #available = 0

  /**
   * The frames that `chunk` completes, each in memory of its own.
   * @throws MalformedFrameError for a length above the bound
   */
  push(chunk: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
    this.#chunks.push(chunk)
    this.#available += chunk.length
    const frames: Uint8Array<ArrayBuffer>[] = []
    while (this.#available >= LENGTH_BYTES) {
      const length = this.#peekLength()
      if (length > MAX_FRAME_BYTES) throw new MalformedFrameError(`a frame of ${length} bytes`)
      if (this.#available < LENGTH_BYTES + length) break
      this.#take(LENGTH_BYTES)
      frames.push(this.#take(length))
    }
    return frames
  }

  #peekLength(): number {
    let length = 0
    let seen = 0
    for (const chunk of this.#chunks) {
      for (let i = 0; i < chunk.length && seen < LENGTH_BYTES; i++, seen++) length = length * 256 + (chunk[i] ?? 0)
      if (seen === LENGTH_BYTES) break
    }
    return length
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(length)
    let filled = 0
    let used = 0
    for (const chunk of this.#chunks) {
      if (filled === length) break
      const part = chunk.subarray(0, length - filled)
      taken.set(part, filled)
      filled += part.length
      if (part.length < chunk.length) {
        this.#chunks[used] = chunk.subarray(part.length)
        break
      }
      used++
    }
    this.#chunks.splice(0, used)
    this.#available -= length
    return taken
  }
}
