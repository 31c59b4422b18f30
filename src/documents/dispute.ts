import { compareBytes } from '../base/bytes.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Entry, EntryReference } from '../journal/entry-types.ts'
import { prefixRange } from '../store/keys.ts'
import type { Transaction } from '../store/transaction.ts'
import { documentBytes } from './document-ids.ts'
import { decodeJournal } from './entry-record.ts'
import {
  authorsPrefix,
  clocksPrefix,
  entriesPrefix,
  journalKey,
  placeOfKey,
  statePrefix,
  waitingPrefix,
} from './records.ts'

/** Entries read at once. */
const READ_AT_ONCE = 256

/**
 * All entries about a document's content that are held, in the order in which they are judged where authors contradict
 * themselves: checkpoints first, as they stand for entries that some peers no longer have; then as all entries are
 * ordered; at last by hash, as only the branches of a forked journal need it.
 */
export async function heldEntries(
  document: DocumentId,
  source: { read(references: readonly EntryReference[]): Promise<readonly Entry[]> },
  transaction: Transaction,
): Promise<readonly Entry[]> {
  const references = await referencesTo(document, transaction)
  const entries: Entry[] = []
  for (let at = 0; at < references.length; at += READ_AT_ONCE) {
    entries.push(...(await source.read(references.slice(at, at + READ_AT_ONCE))))
  }
  return inJudgingOrder(entries)
}

export function inJudgingOrder(entries: readonly Entry[]): readonly Entry[] {
  const rank = (entry: Entry): number => (entry.kind === 'document.checkpoint' ? 0 : 1)
  return [...entries].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.lamport - b.lamport ||
      (a.device < b.device ? -1 : a.device > b.device ? 1 : compareBytes(a.hash, b.hash)),
  )
}

async function referencesTo(document: DocumentId, transaction: Transaction): Promise<readonly EntryReference[]> {
  const references: EntryReference[] = []
  for (const own of [false, true]) {
    for (const [key] of await transaction.entries(prefixRange(entriesPrefix(documentBytes(document), own)))) {
      const { sequence, tag } = placeOfKey(key)
      const record = await transaction.get(journalKey(tag))
      const journal = record === undefined ? undefined : decodeJournal(record)
      if (journal !== undefined) references.push({ journal, sequence })
    }
  }
  return references
}

/** Takes away all that is known of a document's content. */
export async function dropContent(document: DocumentId, transaction: Transaction): Promise<void> {
  const bytes = documentBytes(document)
  const prefixes = [
    clocksPrefix(document),
    authorsPrefix(document),
    statePrefix(document),
    waitingPrefix(document),
    entriesPrefix(bytes, false),
    entriesPrefix(bytes, true),
  ]
  for (const prefix of prefixes) {
    for (const [key] of await transaction.entries(prefixRange(prefix))) transaction.delete(key)
  }
}
