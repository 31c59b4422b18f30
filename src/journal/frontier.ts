import { compareBytes, concatBytes, EMPTY_BYTES } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import { uint64Key } from '../store/keys.ts'
import { BUCKETS } from './constants.ts'
import type { JournalAddress, Position } from './header.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'

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
  readonly #digests: (Uint8Array | undefined)[] = Array.from({ length: BUCKETS })
  #root: Uint8Array | undefined

  constructor(lines: LineStore) {
    this.#lines = lines
  }

  /** The line's head moved. */
  touch(line: Line): void {
    this.#digests[bucketOf(line.journal)] = undefined
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
    for (const line of this.#lines.all) byBucket[bucketOf(line.journal)]?.push(itemOf(line))
    return byBucket
  }

  get size(): number {
    return this.#lines.all.length
  }

  items(): readonly FrontierItem[] {
    return this.#lines.all.map(itemOf)
  }

  itemsIn(buckets: readonly number[]): readonly FrontierItem[] {
    const wanted = new Set(buckets)
    return this.#lines.all.filter((line) => wanted.has(bucketOf(line.journal))).map(itemOf)
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
