import type { Supersedes } from '../journal/entry-types.ts'
import {
  CHECKPOINT_BYTES,
  CHECKPOINT_ENTRIES,
  CHECKPOINT_GROWTH,
  MAX_MERGED_CHECKPOINT_BYTES,
  MAX_SUPERSEDED_RANGES,
} from './constants.ts'
import { countRanges, joinSupersedes } from './coverage.ts'

/** One of this device's own entries about a document. */
export interface OwnEntry {
  readonly sequence: number
  readonly bytes: number
  /** Of a checkpoint, what it covers. */
  readonly covers: readonly Supersedes[] | undefined
}

export interface CheckpointPlan {
  /** Sequences of entries to say as one. */
  readonly sequences: readonly number[]
  readonly supersedes: readonly Supersedes[]
}

/** Whether so much is uncompacted that a checkpoint is due once nobody types. */
export function isDue({ ownBytes, ownUpdates }: { readonly ownUpdates: number; readonly ownBytes: number }): boolean {
  return ownUpdates >= CHECKPOINT_ENTRIES || (ownBytes >= CHECKPOINT_BYTES && ownUpdates > 1)
}

/**
 * Which entries of one journal to say as one: all updates, oldest first, and of the checkpoints before them, latest
 * first, those that are not much larger than what is new. So each byte is rewritten as often as the logarithm of their
 * number, and there are never many checkpoints.
 */
export function planCheckpoint(incarnation: string, entries: readonly OwnEntry[]): CheckpointPlan | undefined {
  const updates = entries.filter(({ covers }) => covers === undefined).sort((a, b) => a.sequence - b.sequence)
  const [oldest] = updates
  if (oldest === undefined) return undefined
  const earlier = entries.filter(({ covers }) => covers !== undefined).sort((a, b) => lastOf(b) - lastOf(a))
  const chosen: OwnEntry[] = []
  let size = updates.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const checkpoint of earlier) {
    if (checkpoint.bytes > size * CHECKPOINT_GROWTH || checkpoint.bytes > MAX_MERGED_CHECKPOINT_BYTES) break
    const supersedes = coverageOf(incarnation, [...chosen, checkpoint])
    // The other half is for the updates.
    if (countRanges(supersedes) > MAX_SUPERSEDED_RANGES / 2) break
    chosen.push(checkpoint)
    size += checkpoint.bytes
  }
  chosen.push(...updates.slice(0, countThatFit(incarnation, chosen, updates)))
  if (chosen.length < 2) return undefined
  return {
    sequences: chosen.map(({ sequence }) => sequence),
    supersedes: coverageOf(incarnation, chosen),
  }
}

/** How many of the updates, from the oldest on, a header has room for. */
function countThatFit(incarnation: string, chosen: readonly OwnEntry[], updates: readonly OwnEntry[]): number {
  const fits = (count: number): boolean =>
    countRanges(coverageOf(incarnation, [...chosen, ...updates.slice(0, count)])) <= MAX_SUPERSEDED_RANGES
  let least = 0
  let most = updates.length
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(middle)) least = middle
    else most = middle - 1
  }
  return least
}

/** Where what an entry says ends. */
function lastOf({ covers, sequence }: OwnEntry): number {
  const ranges = covers?.[covers.length - 1]?.ranges
  return ranges?.[ranges.length - 1]?.[1] ?? sequence
}

function coverageOf(incarnation: string, entries: readonly OwnEntry[]): readonly Supersedes[] {
  return joinSupersedes(
    entries.flatMap(({ covers, sequence }) => [
      ...(covers ?? []),
      { incarnation, ranges: [[sequence, sequence] as const] },
    ]),
  )
}
