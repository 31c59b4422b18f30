import type { Transaction } from '../store/transaction.ts'
import type { Entry, JournalKind } from './entry-types.ts'

/** Entries of kinds that a projection reads, which are judged otherwise than when they were applied. */
export interface RejudgedEntries {
  readonly voided: readonly Entry[]
  readonly restored: readonly Entry[]
}

/**
 * Everything people see is a projection of journals.
 *
 * Entries arrive in causal order (what an entry's author had seen comes first) but otherwise in any order, so the
 * outcome must not depend on it. Entries and the writes they cause are committed together: each is applied exactly
 * once to the stored state. A body that is not what it should be is skipped (it is void), never thrown for.
 */
export interface Projection {
  /** Names its records; two bytes long records prefix is derived from it by the journal's owner. */
  readonly name: string
  /** When it changes, stored state is dropped by `reset` and everything is applied anew. */
  readonly version: number
  /** The kinds of entry that it reads. */
  readonly kinds: readonly string[]
  /** All entries of these journals as well, those of kind `journal.seen` included: for whom causes alone say something. */
  readonly journals?: JournalKind
  /**
   * Applies entries in the order given, writing through `transaction` alone.
   * Returns what to do once they are committed: announce what changed.
   */
  apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void>
  /** Deletes all stored state of this projection, before everything is applied anew. */
  reset(transaction: Transaction): Promise<void>
  /**
   * Takes back entries that were applied and count nothing any more, and adds such as count after all. Resolves to what to do
   * once that is committed, or to undefined where it can't: then everything is applied anew. Absent: it never can.
   */
  rejudge?(changes: RejudgedEntries, transaction: Transaction): Promise<(() => void) | undefined>
  /**
   * What it says was made anew, since who belongs changed: told once, at the end, in place of all that `apply` would announce.
   * Absent: it is announced as it is applied.
   */
  rebuilt?(): void
  /**
   * Whether `checkpoint` says all that the superseded entries said. Asked once it and everything it supersedes are applied;
   * their bodies are dropped only where this resolves true. Absent: kinds of this projection are never compacted.
   */
  checkCheckpoint?(checkpoint: Entry, superseded: readonly Entry[]): Promise<boolean>
}
