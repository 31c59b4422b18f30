import * as Y from 'yjs'

import type { DocumentKind } from './document-ids.ts'
import { isSnapshotKey } from './records.ts'
import { MAX_CHECKPOINT_STRUCTS, MAX_DELETE_RANGES } from './constants.ts'
import { applyDeletes, applyGuarded } from './yjs/guarded-apply.ts'
import { newDoc } from './yjs/new-doc.ts'
import { normalForm } from './yjs/normal-form.ts'
import { readUpdate } from './yjs/read-update.ts'
import type { Update } from './yjs/struct.ts'

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
  const tail = (hasSnapshot ? rest : records).map(([, update]) => update)
  applyAccepted(doc, tail, FROM_DISK)
  return doc
}

/**
 * Applies updates that were accepted, whose references are all there in the order given. Returns how many structs were
 * harmful. What one client wrote in a row is said as one first (SPEC.md, D12): that comes to the same, and typing key by
 * key comes in words.
 */
export function applyAccepted(doc: Y.Doc, updates: readonly Uint8Array[], origin: unknown): number {
  let harmful = 0
  doc.transact(() => {
    for (const group of groupByClient(updates.map((update) => readUpdate(update, LIMITS)))) {
      const [first] = group
      const update = group.length === 1 && first !== undefined ? first : normalForm(group)
      if (update.blocks.length === 0) applyDeletes(doc, update.deletes, origin)
      else harmful += applyGuarded(doc, update, update.blocks, origin)
    }
  }, origin)
  return harmful
}

const LIMITS = { structs: MAX_CHECKPOINT_STRUCTS, ranges: MAX_DELETE_RANGES }
/** More at once would only delay the first of them. */
const MAX_GROUP = 4096

/** Neighbours that bear no more than the same one client. */
function groupByClient(updates: readonly Update[]): readonly (readonly Update[])[] {
  const groups: Update[][] = []
  let client: number | undefined
  for (const update of updates) {
    const last = groups[groups.length - 1]
    const [block, another] = update.blocks
    const fits = another === undefined && (client === undefined || block === undefined || block.client === client)
    if (last !== undefined && fits && last.length < MAX_GROUP) last.push(update)
    else {
      groups.push([update])
      client = undefined
    }
    client = another === undefined ? (block?.client ?? client) : Number.NaN
  }
  return groups
}

/** The snapshot of an open document. */
export function snapshotOf(doc: Y.Doc): Uint8Array {
  return Y.encodeStateAsUpdateV2(doc)
}
