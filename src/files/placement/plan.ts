import type { DeviceId } from '../../base/ids.ts'
import type { ChunkAddress } from '../content/parts.ts'
import type { Ranking, StoringMachine } from './rank.ts'

/** What is known of a chunk's copies. */
export interface Copies {
  readonly chunk: ChunkAddress
  /** How many there should be; fewer machines than that hold one each. */
  readonly copies: number
  /** Machines that are known to hold it; those that have been away for longer than the grace time may be among them. */
  readonly holders: ReadonlySet<DeviceId>
}

/** What one machine has to do about a chunk. */
export type Task =
  /** It is one of the first ranks and lacks its copy. */
  | { readonly type: 'fetch' }
  /** It holds a copy that is wanted, or the only way to get one that is. */
  | { readonly type: 'keep' }
  /** It may let go of its copy once each of these has proved that it holds one, now. */
  | { readonly type: 'release'; readonly proofs: readonly DeviceId[] }
  | { readonly type: 'nothing' }

/**
 * The machines that should hold the chunk: the first ranks, where a full one counts only if it holds the chunk already.
 */
export function wantedHolders({ chunk, copies, holders }: Copies, ranking: Ranking): readonly StoringMachine[] {
  return ranking.first(chunk, copies, ({ device, full }) => full !== true || holders.has(device))
}

/** What `self` has to do. The same knowledge gives the same answer on every machine. */
export function taskOf(self: DeviceId, known: Copies, ranking: Ranking): Task {
  return taskAmong(self, known.holders, wantedHolders(known, ranking))
}

/** The same where the wanted holders are known. */
export function taskAmong(
  self: DeviceId,
  holders: ReadonlySet<DeviceId>,
  wanted: readonly Pick<StoringMachine, 'device'>[],
): Task {
  const isWanted = wanted.some(({ device }) => device === self)
  if (!holders.has(self)) return { type: isWanted ? 'fetch' : 'nothing' }
  if (isWanted || wanted.length === 0) return { type: 'keep' }
  const proofs = wanted.map(({ device }) => device)
  return proofs.every((device) => holders.has(device)) ? { type: 'release', proofs } : { type: 'keep' }
}

/**
 * Copies that would be left on machines that count, were this one shut down: fewer than `copies` is what its owner has to know.
 * @param machines those that count, by `storing`
 */
export function copiesWithout(
  self: DeviceId,
  holders: ReadonlySet<DeviceId>,
  machines: readonly StoringMachine[],
): number {
  return machines.filter(({ device }) => device !== self && holders.has(device)).length
}
