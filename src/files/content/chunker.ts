import { AVERAGE_CHUNK_BYTES, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../constants.ts'
import { GEAR } from './gear.ts'

/** How large chunks are, in bytes. All machines of a swarm use the usual ones; others are for tests. */
export interface ChunkSizes {
  readonly min: number
  /** A power of two. */
  readonly average: number
  readonly max: number
}

export const CHUNK_SIZES: ChunkSizes = {
  min: MIN_CHUNK_BYTES,
  average: AVERAGE_CHUNK_BYTES,
  max: MAX_CHUNK_BYTES,
}

/** Bits by which a cut is made rarer before the average size and more usual after it: FastCDC's normalisation. */
const NORMALISATION = 2
/** Input is taken in pieces of this size: what lies behind a cut is moved to the front, and is never more. */
const STEP_BYTES = 64 * 1024

/**
 * Cuts bytes where their content says so (FastCDC, Xia et al. 2016: gear hash, least size skipped, normalised), so that
 * a change moves no boundary but those next to it. Where the input is sliced makes no difference.
 */
export class Chunker {
  readonly #sizes: ChunkSizes
  readonly #rareMask: number
  readonly #usualMask: number
  readonly #buffer: Uint8Array
  #filled = 0
  #scanned = 0
  #hash = 0

  constructor(sizes: ChunkSizes = CHUNK_SIZES) {
    const bits = Math.log2(sizes.average)
    this.#sizes = sizes
    this.#rareMask = highBits(bits + NORMALISATION)
    this.#usualMask = highBits(bits - NORMALISATION)
    this.#buffer = new Uint8Array(sizes.max)
  }

  /** The chunks that `bytes` complete; each is the caller's own. The rest is kept, at most one chunk. */
  *push(bytes: Uint8Array): Generator<Uint8Array, undefined> {
    for (let taken = 0; taken < bytes.length;) {
      const length = Math.min(STEP_BYTES, bytes.length - taken, this.#sizes.max - this.#filled)
      this.#buffer.set(bytes.subarray(taken, taken + length), this.#filled)
      this.#filled += length
      taken += length
      for (let cut = this.#findCut(); cut > 0; cut = this.#findCut()) yield this.#take(cut)
    }
  }

  /** What is left at the end of the input. */
  end(): Uint8Array | undefined {
    return this.#filled === 0 ? undefined : this.#take(this.#filled)
  }

  /** The length of the next chunk; 0 where more input has to say. */
  #findCut(): number {
    const { min, average, max } = this.#sizes
    this.#scanned = Math.max(this.#scanned, Math.min(min, this.#filled))
    const usual = Math.min(average, this.#filled)
    const cut = this.#scan(usual, this.#rareMask) || this.#scan(this.#filled, this.#usualMask)
    if (cut > 0) return cut
    return this.#filled === max ? max : 0
  }

  #scan(end: number, mask: number): number {
    const buffer = this.#buffer
    let hash = this.#hash
    for (let at = this.#scanned; at < end; at++) {
      // The top bits hold what the last 32 bytes say.
      hash = ((hash << 1) + (GEAR[buffer[at] ?? 0] ?? 0)) | 0
      if ((hash & mask) === 0) {
        this.#scanned = at + 1
        this.#hash = hash
        return at + 1
      }
    }
    this.#scanned = Math.max(this.#scanned, end)
    this.#hash = hash
    return 0
  }

  #take(length: number): Uint8Array {
    const chunk = this.#buffer.slice(0, length)
    this.#buffer.copyWithin(0, length, this.#filled)
    this.#filled -= length
    this.#scanned = 0
    this.#hash = 0
    return chunk
  }
}

function highBits(count: number): number {
  return (-1 << (32 - count)) | 0
}
