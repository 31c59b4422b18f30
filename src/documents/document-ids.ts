import { fromBase64url, toBase64url } from '../base/bytes.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'

/** `text`: one Y.Text. `rich`: one Y.XmlFragment of blocks. */
export type DocumentKind = 'text' | 'rich'

export const DOCUMENT_ID_BYTES = 16

/** The low four bits of an id's first byte; the others are kept for kinds to come. */
const KIND_OF_BITS: readonly (DocumentKind | undefined)[] = ['text', 'rich']

/**
 * A document's kind is part of its id, so that every peer judges every update alike, whether or not the entry that
 * made the document has arrived, and nobody can change it later.
 */
export function newDocumentId(kind: DocumentKind, random: Random): DocumentId {
  const bytes = random.bytes(DOCUMENT_ID_BYTES)
  bytes[0] = ((bytes[0] ?? 0) & 0xf0) | KIND_OF_BITS.indexOf(kind)
  return documentIdOf(bytes)
}

export function documentIdOf(bytes: Uint8Array): DocumentId {
  return toBase64url(bytes) as DocumentId
}

export function documentBytes(document: DocumentId): Uint8Array {
  return fromBase64url(document)
}

/** `undefined`: a kind that this version does not know. */
export function kindOf(document: DocumentId | Uint8Array): DocumentKind | undefined {
  const bytes = typeof document === 'string' ? documentBytes(document) : document
  return KIND_OF_BITS[(bytes[0] ?? 0xff) & 0x0f]
}
