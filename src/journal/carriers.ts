import { bytesEqual } from '../base/bytes.ts'
import { DATA } from './header.ts'
import type { Line } from './line.ts'
import { journalName } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Proofs } from './proofs.ts'
import type { Range } from './ranges.ts'
import { clip, isWithin, without } from './ranges.ts'

/**
 * Checkpoints that don't count by themselves, but are all that is left here of entries that do: what they superseded was
 * dropped before anybody here knew. By number of their lines.
 * @param voidsOf what of a line counts nothing
 */
export async function findCarriers(options: {
  readonly lines: LineStore
  readonly proofs: Proofs
  readonly voidsOf: (line: Line) => readonly Range[]
}): Promise<ReadonlyMap<number, readonly Range[]>> {
  const { lines, proofs, voidsOf } = options
  const carriers = new Map<number, Range[]>()
  for (const line of lines.all) {
    if (line.journal.kind !== DATA) continue
    const voids = voidsOf(line)
    if (voids.length === 0) continue
    const known = proofs.of(line.journal.device)
    const isVoid = (at: (typeof known)[number]): boolean =>
      bytesEqual(at.journal.incarnation, line.journal.incarnation) && isWithin(voids, at.sequence)
    for (const { journal, sequence, supersedes } of known.filter(isVoid)) {
      for (const { incarnation, ranges } of supersedes) {
        const [target] = lines.named(journalName({ ...journal, incarnation }))
        if (target === undefined) continue
        const others = known.filter((other) => !isVoid(other)).flatMap((other) => other.supersedes)
        const saidElsewhere = others.filter((other) => bytesEqual(other.incarnation, incarnation))
        const left = without(await stubsWithin(lines, target, ranges), voidsOf(target))
        const lost = saidElsewhere.reduce((rest, other) => without(rest, other.ranges), left)
        if (lost.length > 0) carriers.set(line.number, [...(carriers.get(line.number) ?? []), [sequence, sequence]])
      }
    }
  }
  for (const ranges of carriers.values()) ranges.sort(([a], [b]) => a - b)
  return carriers
}

async function stubsWithin(lines: LineStore, line: Line, ranges: readonly Range[]): Promise<readonly Range[]> {
  const stubs: Range[] = []
  for (const [from, to] of ranges) {
    for await (const record of lines.read(line, from, Math.min(to, line.head.sequence))) {
      if (record.type === 'stub') stubs.push(...clip([[record.stub.from, record.stub.to]], [from, to]))
    }
  }
  return stubs
}
