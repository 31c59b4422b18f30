import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import type { DocumentId } from '../base/ids.ts'
import type { JournalId } from '../journal/entry-types.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import { DOCUMENT_ID_BYTES, documentBytes, documentIdOf } from './document-ids.ts'
import type { Place } from './waiting-room.ts'

/**
 * The records of the projection, all under `pd`:
 *
 *   m document                     title and fate
 *   h document                     counters: tail, snapshot, what waits, what is uncompacted
 *   c document client              how far a client has come
 *   a document author              how much an author has written
 *   t document 0                   snapshot: everything but the tail, as a Yjs v2 update
 *   t document 1 arrival           tail: a Yjs v1 update that is not in the snapshot yet
 *   e document journal sequence    an entry about its content: what became of it, its size, its body's id
 *   o document journal sequence    the same, of this device's own
 *   w document journal sequence    an entry that waits for something
 *   j journal                      what `journal` stands for in keys
 *
 * Snapshot and tail lie beside each other, so that one scan reads both as of one moment.
 */
export const PREFIX: Uint8Array = utf8('pd')
const META = utf8('pdm')
const HEADS = utf8('pdh')
const CLOCKS = utf8('pdc')
const AUTHORS = utf8('pda')
const STATES = utf8('pdt')
const ENTRIES = utf8('pde')
const OWN_ENTRIES = utf8('pdo')
const WAITING = utf8('pdw')
const JOURNALS = utf8('pdj')
/** What this machine alone keeps: not of the projection, so that it outlives a rebuild. */
const GIVEN = utf8('ldg')

const TYPE_BYTES = 3
export const TAG_BYTES = 12

export const metaPrefix: Uint8Array = META
export const headPrefix: Uint8Array = HEADS

export function documentOfKey(key: Uint8Array): DocumentId {
  return documentIdOf(key.subarray(TYPE_BYTES, TYPE_BYTES + DOCUMENT_ID_BYTES))
}

export function metaKey(document: DocumentId): Uint8Array {
  return concatBytes(META, documentBytes(document))
}

export function headKey(document: DocumentId): Uint8Array {
  return concatBytes(HEADS, documentBytes(document))
}

export function clocksPrefix(document: DocumentId): Uint8Array {
  return concatBytes(CLOCKS, documentBytes(document))
}

export function clockKey(document: Uint8Array, client: number): Uint8Array {
  return concatBytes(CLOCKS, document, uint64Key(client))
}

export function clientOfKey(key: Uint8Array): number {
  return readUint64Key(key, TYPE_BYTES + DOCUMENT_ID_BYTES)
}

export function authorsPrefix(document: DocumentId): Uint8Array {
  return concatBytes(AUTHORS, documentBytes(document))
}

export function authorKey(document: Uint8Array, tag: string): Uint8Array {
  return concatBytes(AUTHORS, document, fromHex(tag))
}

export function tagOfAuthorKey(key: Uint8Array): string {
  return toHex(key.subarray(TYPE_BYTES + DOCUMENT_ID_BYTES))
}

/** Snapshot and tail. */
export function statePrefix(document: DocumentId): Uint8Array {
  return concatBytes(STATES, documentBytes(document))
}

export function snapshotKey(document: DocumentId): Uint8Array {
  return concatBytes(STATES, documentBytes(document), Uint8Array.of(0))
}

export function tailKey(document: Uint8Array, arrival: number): Uint8Array {
  return concatBytes(STATES, document, Uint8Array.of(1), uint64Key(arrival))
}

export function isSnapshotKey(key: Uint8Array): boolean {
  return key.length === TYPE_BYTES + DOCUMENT_ID_BYTES + 1
}

/** Entries of all journals, or of one. */
export function entriesPrefix(document: Uint8Array, own: boolean, tag = ''): Uint8Array {
  return concatBytes(own ? OWN_ENTRIES : ENTRIES, document, fromHex(tag))
}

export function waitingPrefix(document: DocumentId): Uint8Array {
  return concatBytes(WAITING, documentBytes(document))
}

export function waitingKey(document: Uint8Array, { sequence, tag }: Place): Uint8Array {
  return concatBytes(WAITING, document, fromHex(tag), uint64Key(sequence))
}

/** The journal and sequence that a key of `e` or `w` ends in. */
export function placeOfKey(key: Uint8Array): Place {
  const start = TYPE_BYTES + DOCUMENT_ID_BYTES
  return { tag: toHex(key.subarray(start, start + TAG_BYTES)), sequence: readUint64Key(key, start + TAG_BYTES) }
}

export function journalKey(tag: string): Uint8Array {
  return concatBytes(JOURNALS, fromHex(tag))
}

export function givenPrefix(document: DocumentId): Uint8Array {
  return concatBytes(GIVEN, documentBytes(document))
}

export function givenKey(document: DocumentId, client: number): Uint8Array {
  return concatBytes(GIVEN, documentBytes(document), uint64Key(client))
}

/** A journal in short: 12 bytes of its name's hash, in hex. */
export function journalTag({ branch, device, incarnation }: JournalId): string {
  return tagOf(`journal ${device} ${incarnation} ${branch ?? ''}`)
}

export function authorTag(device: string): string {
  return tagOf(`author ${device}`)
}

/** Tags that were made: each entry needs two, and there are few. */
const tags = new Map<string, string>()
const MAX_TAGS = 4096

function tagOf(name: string): string {
  const known = tags.get(name)
  if (known !== undefined) return known
  const tag = toHex(sha256(utf8(name)).subarray(0, TAG_BYTES))
  if (tags.size >= MAX_TAGS) tags.clear()
  tags.set(name, tag)
  return tag
}
