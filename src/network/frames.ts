import { EMPTY_BYTES } from '../base/bytes.ts'
import { InvalidInputError } from '../base/errors.ts'

/** Each frame goes after its length, 4 bytes big-endian. */
const HEADER_BYTES = 4
/** Up to here one copy is cheaper than two pieces that are handled apart all the way down. */
const MAX_COPIED_BYTES = 4096

/** The pieces of a frame on the wire; large frames are not copied. */
export function encodeFrame(frame: Uint8Array): readonly Uint8Array[] {
  if (frame.length > MAX_COPIED_BYTES) return [header(frame.length), frame]
  const bytes = new Uint8Array(HEADER_BYTES + frame.length)
  writeLength(bytes, frame.length)
  bytes.set(frame, HEADER_BYTES)
  return [bytes]
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES)
  writeLength(bytes, length)
  return bytes
}

function writeLength(bytes: Uint8Array, length: number): void {
  bytes[0] = length >>> 24
  bytes[1] = length >>> 16
  bytes[2] = length >>> 8
  bytes[3] = length
}

/** What is set aside for a frame before so much of it has arrived. */
const FIRST_BYTES = 65_536

/**
 * Takes frames out of a sequence of chunks that are cut anywhere. A claimed length alone makes it set aside no more than
 * 64 KiB. Frames that lie whole inside a chunk are views of it.
 */
export class FrameDecoder {
  readonly #maxBytes: number
  /** The length as far as it arrived, and how many of its bytes did. */
  #length = 0
  #lengthBytes = 0
  #buffer = EMPTY_BYTES
  #held = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether a frame has begun and not ended. */
  get partial(): boolean {
    return this.#lengthBytes > 0
  }

  /** @throws InvalidInputError when a length above the bound is claimed; the decoder is of no use after that */
  push(chunk: Uint8Array, take: (frame: Uint8Array) => void): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#lengthBytes < HEADER_BYTES) {
        this.#readLength(chunk[at] ?? 0)
        at++
        if (this.#lengthBytes === HEADER_BYTES && this.#length === 0) this.#end(EMPTY_BYTES, take)
        continue
      }
      const part = chunk.subarray(at, at + this.#length - this.#held)
      at += part.length
      if (part.length === this.#length) {
        this.#end(part, take)
        continue
      }
      this.#hold(part)
      if (this.#held === this.#length) this.#end(this.#buffer, take)
    }
  }

  #readLength(byte: number): void {
    this.#length = this.#length * 256 + byte
    this.#lengthBytes++
    if (this.#lengthBytes === HEADER_BYTES && this.#length > this.#maxBytes) {
      throw new InvalidInputError(`a frame of ${this.#length} bytes is above the limit of ${this.#maxBytes}`)
    }
  }

  #hold(part: Uint8Array): void {
    const needed = this.#held + part.length
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(needed > FIRST_BYTES ? this.#length : Math.min(this.#length, FIRST_BYTES))
      grown.set(this.#buffer.subarray(0, this.#held))
      this.#buffer = grown
    }
    this.#buffer.set(part, this.#held)
    this.#held = needed
  }

  #end(frame: Uint8Array, take: (frame: Uint8Array) => void): void {
    this.#length = 0
    this.#lengthBytes = 0
    this.#buffer = EMPTY_BYTES
    this.#held = 0
    take(frame)
  }
}
