import type { DeviceId } from '../base/ids.ts'
import type { Place, RosterEntry, Verdict } from '../identity/roster/index.ts'

/** What the journal asks of the membership. */
export interface Authority {
  /**
   * Whether data of this device is kept at all: it was admitted once, also if removed since. Asked for each batch.
   * @param device public key, 32 bytes
   */
  admits(device: Uint8Array): boolean
  /**
   * Whether an entry takes effect, given who belongs as far as known here. Entries of `members` journals are brought to
   * projections whatever this says.
   */
  counts(place: Place): Verdict
  /** Another number whenever `counts` may answer differently. */
  readonly revision: number
  /** In a person's words, why this device may write no `data` now; `undefined` where it may. Absent: it always may. */
  mayWrite?(): string | undefined
}

/** Whose journals to keep, of those that a machine showed; none where it does not belong. */
export type CredentialsJudge = (entries: readonly RosterEntry[]) => ((device: DeviceId) => boolean) | undefined
