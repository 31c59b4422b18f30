import type { Clock } from '../base/clock.ts'
import type { SpaceId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey, Verify } from '../identity/device-key.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Authority } from './authority.ts'
import type { JournalAddress } from './header.ts'
import type { JournalEvents } from './journal.ts'
import type { Line } from './line.ts'
import type { Projection } from './projection.ts'
import type { GossipedEntry } from './protocol.ts'

export interface LocalJournalOptions {
  readonly space: SpaceId
  readonly key: DeviceKey
  readonly store: RecordStore
  /** Before every record key of this space. */
  readonly prefix: Uint8Array
  readonly authority: Authority
  readonly projections: readonly Projection[]
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly verify: Verify
  /** Of the machine and folder: where it differs from the stored one, the store is a copy. */
  readonly fingerprint: string
  /** The store lost records and was repaired: what is left is made whole before anything else. */
  readonly damaged?: boolean
  readonly isStoreFailure: (error: unknown) => boolean
}

export interface LocalJournalEvents extends JournalEvents {
  /** Own entries were written (they survive this process) and may be told to others. */
  readonly 'own:written': { readonly journal: JournalAddress; readonly entries: readonly GossipedEntry[] }
  /** The head of a line moved. */
  readonly 'head:moved': { readonly line: Line }
  /** Entries of `members` journals were applied: who is admitted may have changed. */
  readonly 'members:applied': Record<string, never>
}
