import type { Entry } from '../journal/entry-types.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import { decodeBody } from './bodies.ts'
import { documentBytes } from './document-ids.ts'
import { entriesPrefix, journalTag, placeOfKey } from './records.ts'

/**
 * Whether an author's checkpoint leaves out entries about the same document from between those that it supersedes.
 * No honest one does; and to somebody who holds only the checkpoint, what was left out could pass for what was
 * superseded. What is superseded has no records any more once the checkpoint is applied, so whatever is found was left out.
 */
export async function hasLeftOut(checkpoint: Entry, store: RecordStore): Promise<boolean> {
  const body = decodeBody(checkpoint.kind, checkpoint.body)
  if (body === undefined) return true
  const document = documentBytes(body.document)
  for (const { incarnation, ranges } of checkpoint.supersedes) {
    const first = ranges[0]?.[0]
    const last = ranges[ranges.length - 1]?.[1]
    if (first === undefined || last === undefined) continue
    const tag = journalTag({ device: checkpoint.device, incarnation, kind: 'data' })
    for await (const [key] of store.entries(prefixRange(entriesPrefix(document, checkpoint.own, tag)))) {
      const { sequence } = placeOfKey(key)
      if (sequence >= first && sequence <= last) return true
    }
  }
  return false
}
