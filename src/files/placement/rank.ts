import { utf8 } from '../../base/bytes.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { ChunkAddress } from '../content/parts.ts'

/** A machine that stores for the space. */
export interface StoringMachine {
  readonly device: DeviceId
  /** Whose it is; machines without a person are each their own. */
  readonly owner: string
  /** Bytes of disk that it offers; 0 for none. */
  readonly offered: number
  /** Nothing more fits: it keeps what it has, and gets nothing new. */
  readonly full?: boolean
  /** When it was last heard of, in milliseconds of this machine's clock; undefined while it is there. */
  readonly awaySince?: number
}

/** How long a machine may be away before its copies are made anew elsewhere: a restart, a change of network, a short sleep. */
export const GRACE_MS = 10 * 60_000

/** Those that count: whoever left for good, stores nothing or has been away for longer than the grace time does not. */
export function storing(
  machines: readonly StoringMachine[],
  options: { readonly now: number; readonly grace?: number },
): readonly StoringMachine[] {
  const { now, grace = GRACE_MS } = options
  return machines.filter(
    ({ offered, awaySince }) => offered > 0 && (awaySince === undefined || now - awaySince <= grace),
  )
}

/**
 * Ranks machines for chunks by weighted rendezvous hashing over the bytes that each offers (Thaler and Ravishankar 1998;
 * Schindelhauer and Schomaker 2005), the best machine of each owner before anybody's second. A machine that comes or goes
 * moves its own copies, and no others. Made once for many chunks.
 */
export class Ranking {
  readonly #machines: readonly StoringMachine[]
  /** Of each machine, a number that stands for its owner. */
  readonly #owners: Uint32Array
  readonly #ownerCount: number
  /** Of each machine, 64 bits that its id gives. */
  readonly #seeds: Uint32Array

  /** @param machines those that count, by `storing` */
  constructor(machines: readonly StoringMachine[]) {
    this.#machines = machines
    this.#owners = new Uint32Array(machines.length)
    this.#seeds = new Uint32Array(machines.length * 2)
    const numbers = new Map<string, number>()
    for (const [index, { device, owner }] of machines.entries()) {
      const number = numbers.get(owner) ?? numbers.size
      numbers.set(owner, number)
      this.#owners[index] = number
      const digest = sha256(utf8(device))
      const view = new DataView(digest.buffer, digest.byteOffset)
      this.#seeds[index * 2] = view.getUint32(0)
      this.#seeds[index * 2 + 1] = view.getUint32(4)
    }
    this.#ownerCount = numbers.size
  }

  /**
   * The machines that should hold a chunk, the first first.
   * @param most ranks that are wanted
   * @param isAble passes over machines for this chunk
   */
  first(
    chunk: ChunkAddress,
    most: number,
    isAble: (machine: StoringMachine) => boolean = () => true,
  ): readonly StoringMachine[] {
    const scores = this.#score(chunk, isAble)
    const ranked: StoringMachine[] = []
    // Each round takes the best machine that each owner has left.
    for (let best = this.#bestOfEach(scores); ranked.length < most; best = this.#bestOfEach(scores)) {
      const before = ranked.length
      for (
        let next = bestLeft(best, scores);
        next !== undefined && ranked.length < most;
        next = bestLeft(best, scores)
      ) {
        const machine = this.#machines[next]
        if (machine !== undefined) ranked.push(machine)
        scores[next] = 0
      }
      if (ranked.length === before) break
    }
    return ranked
  }

  /** 0 for machines that are passed over. */
  #score(chunk: ChunkAddress, isAble: (machine: StoringMachine) => boolean): Float64Array {
    const [high, low] = halves(chunk)
    const scores = new Float64Array(this.#machines.length)
    for (let index = 0; index < scores.length; index++) {
      const machine = this.#machines[index]
      if (machine === undefined || !isAble(machine)) continue
      const seedHigh = this.#seeds[index * 2] ?? 0
      const seedLow = this.#seeds[index * 2 + 1] ?? 0
      scores[index] = machine.offered / -Math.log(chance(high ^ seedHigh, low ^ seedLow))
    }
    return scores
  }

  #bestOfEach(scores: Float64Array): number[] {
    const best = Array.from<number>({ length: this.#ownerCount }).fill(-1)
    for (let index = 0; index < scores.length; index++) {
      const owner = this.#owners[index] ?? 0
      const score = scores[index] ?? 0
      if (score > (scores[best[owner] ?? -1] ?? 0)) best[owner] = index
    }
    return best.filter((index) => index >= 0)
  }
}

/** Of `candidates` that were not taken yet the one that scores most. Equal scores don't happen: they have 52 bits. */
function bestLeft(candidates: readonly number[], scores: Float64Array): number | undefined {
  let best: number | undefined
  for (const index of candidates) {
    const score = scores[index] ?? 0
    if (score > (best === undefined ? 0 : (scores[best] ?? 0))) best = index
  }
  return best
}

/** The address is a hash: its first 64 bits are as good as drawn. */
function halves(chunk: ChunkAddress): readonly [high: number, low: number] {
  return [Number.parseInt(chunk.slice(0, 8), 16), Number.parseInt(chunk.slice(8, 16), 16)]
}

/** A number in (0, 1) that 64 bits give: mixed, not hashed, for there are machines × chunks of them. */
function chance(high: number, low: number): number {
  const a = mix(high)
  const b = mix(low ^ a)
  return ((mix(a ^ b) >>> 6) * 2 ** 26 + (b >>> 6) + 0.5) / 2 ** 52
}

/** The finaliser of MurmurHash3: each bit of the input changes half of the output. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
