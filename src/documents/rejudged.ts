import { toHex } from '../base/bytes.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Entry } from '../journal/entry-types.ts'
import type { RejudgedEntries } from '../journal/projection.ts'
import { decodeBody } from './bodies.ts'
import type { Metadata } from './metadata.ts'
import { compareOrders, withEntry } from './metadata.ts'

/** What is judged otherwise of one document. */
export interface RejudgedDocument {
  /** Hashes in hex. */
  readonly voided: ReadonlySet<string>
  readonly restored: readonly Entry[]
}

/**
 * What is judged otherwise, by document; undefined where it is more than typing. Titles and deletions are not kept entry by
 * entry, and what checkpoints stood for is not either.
 */
export function byDocument({
  restored,
  voided,
}: RejudgedEntries): ReadonlyMap<DocumentId, RejudgedDocument> | undefined {
  const documents = new Map<DocumentId, { readonly voided: Set<string>; readonly restored: Entry[] }>()
  for (const entry of [...voided, ...restored]) {
    const body = decodeBody(entry.kind, entry.body)
    if (body === undefined) continue
    if (body.kind !== 'document.update') return undefined
    const document = documents.get(body.document) ?? { voided: new Set(), restored: [] }
    documents.set(body.document, document)
    if (restored.includes(entry)) document.restored.push(entry)
    else document.voided.add(toHex(entry.hash))
  }
  return documents
}

/**
 * Who changed the document last, once entries about its content were taken back or added; undefined where that is not
 * known any more.
 * @param entries all that are left
 */
export function withoutVoided(
  metadata: Metadata,
  voided: readonly Entry[],
  entries: readonly Entry[],
): Metadata | undefined {
  const { changed, created, deleted, title } = metadata
  const isVoid = voided.some((entry) => changed !== undefined && compareOrders(entry, changed.order) === 0)
  let next = metadata
  if (isVoid) {
    const others = [title, deleted].flatMap((register) => (register === undefined ? [] : [register.order]))
    const latest = others.sort(compareOrders).at(-1)
    if (latest !== undefined && (created === undefined || compareOrders(latest, created.order) !== 0)) return undefined
    const { changed: _changed, ...kept } = metadata
    next = created === undefined ? kept : { ...kept, changed: created }
  }
  for (const entry of entries) {
    const body = decodeBody(entry.kind, entry.body)
    if (body !== undefined) next = withEntry(next, entry, body)
  }
  return next
}
