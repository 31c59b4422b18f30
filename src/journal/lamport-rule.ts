import { bytesEqual } from '../base/bytes.ts'
import type { SealedHeader } from './header.ts'
import type { Point } from './line.ts'
import { journalName } from './line.ts'
import type { LineStore } from './line-store.ts'

/**
 * Whether an entry's Lamport number is exactly 1 + the maximum over `previous` and `seen`; where a stub hides a number, only
 * a lower bound can be held.
 */
export async function lamportHolds(lines: LineStore, previous: Point, header: SealedHeader): Promise<boolean> {
  let exact = previous.claimed !== true
  let greatest = exact ? previous.lamport : 0
  for (const seen of header.seen) {
    for (const other of lines.named(journalName(seen.journal))) {
      if (other.head.sequence < seen.sequence) continue
      const point = await lines.pointAt(other, seen.sequence)
      if (point === undefined || point.claimed === true) exact = false
      else if (bytesEqual(point.hash, seen.hash)) greatest = Math.max(greatest, point.lamport)
    }
  }
  return exact ? header.lamport === greatest + 1 : header.lamport > greatest
}
