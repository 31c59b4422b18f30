import { bytesEqual, toHex } from '../base/bytes.ts'
import { RECENT_POSITIONS } from './constants.ts'
import type { JournalAddress, Position } from './header.ts'
import type { Range } from './ranges.ts'

/** A place with its Lamport number. */
export interface Point extends Position {
  readonly lamport: number
  /** It ends a stub: its number is what another peer said, signed by nobody. */
  readonly claimed?: boolean
}

export const ORIGIN: Point = { sequence: 0, hash: new Uint8Array(32), lamport: 0 }

/** The map key of a journal. */
export function journalName(journal: JournalAddress): string {
  return `${toHex(journal.device)}${toHex(journal.incarnation)}${journal.kind}`
}

/**
 * One unbroken sequence of entries as it lies in this store: a journal, or a branch of a forked one.
 *
 * Which of a fork's branches is the `parent` line differs from peer to peer (it is the one that came first);
 * what is the same everywhere is the set of heads.
 */
export interface Line {
  /** Names its records in this store. */
  readonly number: number
  readonly journal: JournalAddress
  /** `journalName(journal)` */
  readonly name: string
  readonly parent: Line | undefined
  /** The last point that this line shares with its parent; ORIGIN unless it is a branch. */
  readonly fork: Point
  /** Hash of a branch's first entry, which names it. */
  readonly branch: Uint8Array | undefined
  head: Point
  /** Up to here the projections have it. */
  applied: Point
  /** Sorted ranges of what was applied as nothing, since the membership does not let it count. */
  voids: readonly Range[]
  /** Held entries and their bytes, stubs not counted. */
  entries: number
  bytes: number
  /** Sequence up to which the newest own entry, by own journal kind, had named this line as seen. */
  readonly seen: [members: number, data: number]
  /** Latest points, so that most questions about a place need no look-up. */
  readonly recent: RecentPoints
}

/** The last RECENT_POSITIONS points of a line, by sequence. */
export class RecentPoints {
  readonly #points: (Point | undefined)[] = []

  set(point: Point): void {
    this.#points[point.sequence % RECENT_POSITIONS] = point
  }

  forget(from: number, to: number): void {
    for (const [index, point] of this.#points.entries()) {
      if (point !== undefined && point.sequence >= from && point.sequence <= to) this.#points[index] = undefined
    }
  }

  get(sequence: number): Point | undefined {
    const point = this.#points[sequence % RECENT_POSITIONS]
    return point?.sequence === sequence ? point : undefined
  }
}

/** The line that holds `sequence` on the way from the journal's beginning to this line's head. */
export function lineAt(line: Line, sequence: number): Line {
  let at = line
  while (at.parent !== undefined && sequence <= at.fork.sequence) at = at.parent
  return at
}

export function samePosition(a: Position, b: Position): boolean {
  return a.sequence === b.sequence && bytesEqual(a.hash, b.hash)
}
