import { randomBytes, randomInt } from 'node:crypto'

/** Chance as everything above `base` sees it, so that a simulation can seed it. */
export interface Random {
  /** `length` bytes. */
  bytes(length: number): Uint8Array
  /** A number in [0, 1). */
  float(): number
  /** A whole number in [0, limit). */
  below(limit: number): number
}

/** Drawn from the system at once: a draw costs the same for a few bytes as for many. */
const POOL_BYTES = 4096
let pool = new Uint8Array(0)
let drawn = 0

function draw(length: number): Uint8Array {
  if (length > POOL_BYTES) return new Uint8Array(randomBytes(length))
  if (drawn + length > pool.length) {
    pool = new Uint8Array(randomBytes(POOL_BYTES))
    drawn = 0
  }
  const bytes = pool.slice(drawn, drawn + length)
  // What was given out may be a key: it must not stay here.
  pool.fill(0, drawn, drawn + length)
  drawn += length
  return bytes
}

/** The system's cryptographic source. */
export const systemRandom: Random = {
  bytes: draw,
  float: () => randomInt(2 ** 32) / 2 ** 32,
  below: (limit) => randomInt(limit),
}

/** A repeatable source for simulations and tests (mulberry32). Never for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let i = 0; i < length; i++) bytes[i] = next() & 0xff
      return bytes
    },
    float: () => next() / 2 ** 32,
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
  }
}

/** A member of a list that is not empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
