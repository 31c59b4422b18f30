import * as Y from 'yjs'

import type { DocumentKind } from './document-ids.ts'
import { isSnapshotKey } from './records.ts'
import { MAX_CHECKPOINT_STRUCTS, MAX_DELETE_RANGES } from './constants.ts'
import { applyDeletes, applyGuarded } from './yjs/guarded-apply.ts'
import { newDoc } from './yjs/new-doc.ts'
import { readUpdate } from './yjs/read-update.ts'

/** Where updates that were read from the disk come from, for whoever listens to a Y.Doc. */
export const FROM_DISK = 'disk'

/** Opens a document from its snapshot and tail: all records under its `statePrefix`, in order. */
export function openDoc(kind: DocumentKind, records: readonly (readonly [Uint8Array, Uint8Array])[]): Y.Doc {
  const doc = newDoc(kind)
  const [first, ...rest] = records
  if (first === undefined) return doc
  const hasSnapshot = isSnapshotKey(first[0])
  // Its own snapshot, which holds nothing unchecked: the only v2 update that is ever read.
  if (hasSnapshot) Y.applyUpdateV2(doc, first[1], FROM_DISK)
  doc.transact(() => {
    for (const [, update] of hasSnapshot ? rest : records) applyAccepted(doc, update, FROM_DISK)
  }, FROM_DISK)
  return doc
}

/** Applies an update that was accepted, whose references are all there. Returns how many structs were harmful. */
export function applyAccepted(doc: Y.Doc, update: Uint8Array, origin: unknown): number {
  const { blocks, deletes } = readUpdate(update, { structs: MAX_CHECKPOINT_STRUCTS, ranges: MAX_DELETE_RANGES })
  if (blocks.length === 0) {
    applyDeletes(doc, deletes, origin)
    return 0
  }
  return applyGuarded(doc, { blocks, deletes }, blocks, origin)
}

/** The snapshot of an open document. */
export function snapshotOf(doc: Y.Doc): Uint8Array {
  return Y.encodeStateAsUpdateV2(doc)
}
