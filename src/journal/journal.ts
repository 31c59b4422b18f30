import type { Emitter } from '../base/emitter.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import type { CredentialsJudge } from './authority.ts'
import type { Entry, EntryReference, JournalId, JournalKind, Supersedes } from './entry-types.ts'

/** What to append to one's own journal. */
export interface Draft {
  readonly kind: string
  /** Deterministic CBOR; where it is large the journal puts it into blobs by itself. At most MAX_BODY_BYTES. */
  readonly body: Uint8Array
  /** `data` unless given. */
  readonly journal?: JournalKind
  /** Makes it a checkpoint: own earlier data entries that its body says anew. */
  readonly supersedes?: readonly Supersedes[]
}

/**
 * The journals of one space as this device holds them: its own to append to, everybody's to read.
 */
export interface Journal extends Startable {
  readonly space: SpaceId
  readonly device: DeviceId
  /** This store's current incarnation. */
  readonly incarnation: string
  readonly events: Emitter<JournalEvents>
  /**
   * Appends, and resolves once the entry is on this disk for good (power cut included) and applied to projections.
   * Drafts given in one call become consecutive entries, all or none.
   * @throws NotAllowedToWriteError, BodyTooLargeError, TooManyActsError, StoreFullError
   */
  append(drafts: readonly Draft[]): Promise<readonly Entry[]>
  /** Entries that are held and were applied; missing ones (stubs) are left out. */
  read(references: readonly EntryReference[]): Promise<readonly Entry[]>
  /** @throws NotAllowedToWriteError where appending `data` would be refused now */
  requireWriter(): void
  /**
   * The ends of everything that is held of a device, `members` journals and each incarnation included: what a removal
   * names as still counting. Of a forked journal the branch that is applied the furthest.
   */
  journalsOf(device: DeviceId): readonly HeldJournal[]
  /** The devices known to hold the entry, by their signed reports and by what neighbours said; this one included. */
  holders(reference: EntryReference): readonly DeviceId[]
  /** What this device and each other one is known to hold. */
  replicas(): JournalReplicas
  /** Every `members` journal held here, in frames: what a machine shows to one that knows nobody of the swarm. */
  credentials(): AsyncIterable<Uint8Array>
  /**
   * Takes in what another machine shows, as far as the judge keeps it. Resolves once that is applied.
   * @throws StructureError
   */
  acceptCredentials(frames: readonly Uint8Array[], judge: CredentialsJudge): Promise<void>
  /** Own entries that the device is not known to hold. */
  lackedBy(device: DeviceId): readonly OwnRange[]
  /** Own entries of a journal from there on, to hand on: as many as go into one piece. */
  excerptFrom(start: Pick<OwnRange, 'journal' | 'from'>): Promise<Excerpt | undefined>
  /**
   * Takes in an excerpt that another machine made of its journal, whoever brought it. Resolves to false where something
   * that goes before is not here yet.
   * @throws StructureError
   */
  receiveExcerpt(frame: Uint8Array): Promise<boolean>
  /** All heads held here, sorted: equal on two peers that hold the same. */
  frontier(): readonly string[]
  /**
   * To be called where who belongs may have changed otherwise than by entries that were applied: what counts is judged
   * anew, and what people see made anew where it must. (After entries of `members` journals that goes by itself.)
   */
  authorityChanged(): void
  /** Resolves once all that was received so far is applied. */
  settled(): Promise<void>
}

/** Consecutive entries of this device. */
export interface OwnRange {
  /** Names the journal, or the branch of one. */
  readonly journal: string
  readonly from: number
  readonly to: number
}

/** Entries of this device, as another machine can take them in without asking anybody. */
export interface Excerpt extends OwnRange {
  /** `receiveExcerpt` reads it. */
  readonly frame: Uint8Array
}

/** A journal with its last entry that is held here. */
export interface HeldJournal {
  readonly journal: Omit<JournalId, 'branch'>
  readonly sequence: number
  /** 32 bytes. */
  readonly hash: Uint8Array
}

export interface JournalReplicas {
  readonly entries: number
  readonly bytes: number
  /** Other devices with what they are known to lack of what is known here; `undefined`: never heard of. */
  readonly devices: ReadonlyMap<DeviceId, { readonly lacks: number; readonly asOf: number }>
  /** Entries that are known to exist and have not arrived here, over all neighbours asked. */
  readonly missing: number
  /** Neighbours that were asked since start and whose answer is covered here. */
  readonly asked: readonly DeviceId[]
  /** Own entries that no other device is known to hold. */
  readonly onlyHere: number
  /** Entries that are held and wait for something that their author had seen. */
  readonly waiting: number
}

export interface JournalEvents {
  /** Entries of these journals were applied to the projections. */
  readonly 'entries:applied': { readonly count: number }
  /** Who belongs has changed, and projections were made anew of what counts now. */
  readonly 'journal:rebuilt': Record<string, never>
  /** Somebody's known frontier moved: copies of entries may have changed. */
  readonly 'replicas:changed': Record<string, never>
  /** This store turned out to be a copy or a restored backup and goes on in a new incarnation. */
  readonly 'incarnation:changed': { readonly reason: string }
  /** A device wrote two different entries at one place. */
  readonly 'journal:forked': { readonly journal: JournalId }
  /** Another machine wrote an entry in a newer format: it, and what that journal holds after it, is not taken in here. */
  readonly 'version:newer': Record<string, never>
}

/** A body in one piece or spread over blobs. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024
