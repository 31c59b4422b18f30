import { compareBytes, concatBytes, EMPTY_BYTES, toHex } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import { uint64Key } from '../store/keys.ts'
import { BUCKETS } from './constants.ts'
import type { JournalAddress, Position } from './header.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Proofs } from './proofs.ts'

/** A journal's end as somebody holds it. */
export interface FrontierItem extends Position {
  readonly journal: JournalAddress
}

/**
 * The set of all heads that this peer holds, with digests for comparing it to another's at a cost that follows the
 * number of journals that differ. Equal sets have equal digests whatever order they came about in.
 */
export class Frontier {
  readonly #lines: LineStore
  readonly #proofs: Proofs
  readonly #digests: (Uint8Array | undefined)[] = Array.from({ length: BUCKETS })
  #root: Uint8Array | undefined

  constructor(lines: LineStore, proofs: Proofs) {
    this.#lines = lines
    this.#proofs = proofs
  }

  /** A head of the journal moved, or a checkpoint of it became known. */
  touch(journal: JournalAddress): void {
    this.#digests[bucketOf(journal)] = undefined
    this.#root = undefined
  }

  get root(): Uint8Array {
    this.#root ??= sha256(concatBytes(...this.bucketDigests()))
    return this.#root
  }

  bucketDigests(): readonly Uint8Array[] {
    if (this.#digests.includes(undefined)) {
      const byBucket = this.#split()
      for (const [bucket, known] of this.#digests.entries()) {
        if (known === undefined) this.#digests[bucket] = digest(byBucket[bucket] ?? [])
      }
    }
    return this.#digests.map((known) => known ?? EMPTY_BYTES)
  }

  #split(): readonly (readonly FrontierItem[])[] {
    const byBucket: FrontierItem[][] = Array.from({ length: BUCKETS }, () => [])
    for (const item of this.items()) byBucket[bucketOf(item.journal)]?.push(item)
    return byBucket
  }

  /**
   * Each head once, since a stub may hide where two lines differ. A branch that ends where its author gave up every entry
   * is not told any more: peers that hold only the stub could not take it.
   */
  #heads(lines: readonly Line[]): readonly FrontierItem[] {
    const told = lines.filter(
      (line) => line.parent === undefined || !this.#proofs.covers(line.journal, line.head.sequence),
    )
    return [...new Map(told.map((line) => [`${line.name}${toHex(line.head.hash)}`, itemOf(line)])).values()]
  }

  get size(): number {
    return this.#lines.all.length
  }

  items(): readonly FrontierItem[] {
    return this.#heads(this.#lines.all)
  }

  itemsIn(buckets: readonly number[]): readonly FrontierItem[] {
    const wanted = new Set(buckets)
    return this.#heads(this.#lines.all.filter((line) => wanted.has(bucketOf(line.journal))))
  }
}

export function itemOf(line: Line): FrontierItem {
  return { journal: line.journal, sequence: line.head.sequence, hash: line.head.hash }
}

/** Spread by the device's key, which is as good as random. */
function bucketOf(journal: JournalAddress): number {
  return ((journal.device[31] ?? 0) ^ (journal.incarnation[7] ?? 0)) % BUCKETS
}

function digest(items: readonly FrontierItem[]): Uint8Array {
  const encoded = items.map(({ journal, sequence, hash }) =>
    concatBytes(journal.device, journal.incarnation, Uint8Array.of(journal.kind), uint64Key(sequence), hash),
  )
  return sha256(concatBytes(...encoded.sort(compareBytes)))
}
