import { fromHex, toHex } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText, readWhole } from '../base/cbor.ts'
import type { DocumentId } from '../base/ids.ts'
import type { SessionName } from './client-ids.ts'
import { MAX_SESSION_NUMBER } from './client-ids.ts'
import {
  MAX_CHECKPOINT_BYTES,
  MAX_CHECKPOINT_SESSIONS,
  MAX_TITLE_BYTES,
  MAX_UPDATE_BYTES,
  MAX_UPDATE_SESSIONS,
} from './constants.ts'
import type { DocumentKind } from './document-ids.ts'
import { DOCUMENT_ID_BYTES, documentBytes, documentIdOf, kindOf } from './document-ids.ts'
import { isTitle } from './titles.ts'

export const KINDS = [
  'document.create',
  'document.rename',
  'document.delete',
  'document.restore',
  'document.update',
  'document.checkpoint',
] as const

const ID_BYTES = 16
const INCARNATION_BYTES = 8
/** Bodies about a title are this small, keys and ids included. */
const MAX_SMALL_BYTES = MAX_TITLE_BYTES + 200
/** Room for ids and names of fields around the update itself. */
const ENVELOPE_BYTES = 200
const SESSION_BYTES = 16

interface Named {
  /** Drawn when it was first written: the same body written anew keeps it. */
  readonly id: Uint8Array
  readonly document: DocumentId
}

export interface TitleBody extends Named {
  readonly kind: 'document.create' | 'document.rename'
  readonly title: string
}

export interface LifeBody extends Named {
  readonly kind: 'document.delete' | 'document.restore'
}

/** `structs` and `deletes` end to end are a Yjs v1 update; `structs` and a zero byte are it without its deletions. */
export interface ContentBody extends Named {
  readonly kind: 'document.update' | 'document.checkpoint'
  readonly sessions: readonly SessionName[]
  readonly structs: Uint8Array
  readonly deletes: Uint8Array
}

export type Body = TitleBody | LifeBody | ContentBody

export function encodeBody(body: Body): Uint8Array {
  const named = { id: body.id, document: documentBytes(body.document) }
  switch (body.kind) {
    case 'document.create':
      return encodeCbor({ ...named, title: body.title, kind: kindOf(body.document) })
    case 'document.rename':
      return encodeCbor({ ...named, title: body.title })
    case 'document.delete':
    case 'document.restore':
      return encodeCbor(named)
    default:
      return encodeCbor({
        ...named,
        sessions: body.sessions.map(({ incarnation, number }) => [fromHex(incarnation), number]),
        structs: body.structs,
        deletes: body.deletes,
      })
  }
}

/** `undefined` for anything that is not exactly such a body: it is void. Never throws. */
export function decodeBody(kind: string, bytes: Uint8Array): Body | undefined {
  switch (kind) {
    case 'document.create':
    case 'document.rename':
      return decodeTitle(kind, bytes)
    case 'document.delete':
    case 'document.restore': {
      const fields = decodeCborMap(bytes, MAX_SMALL_BYTES)
      const named = readNamed(fields)
      return named === undefined || fields?.size !== 2 ? undefined : { kind, ...named }
    }
    case 'document.update':
      return decodeContent(kind, bytes, { most: MAX_UPDATE_SESSIONS, bytes: MAX_UPDATE_BYTES })
    case 'document.checkpoint':
      return decodeContent(kind, bytes, { most: MAX_CHECKPOINT_SESSIONS, bytes: MAX_CHECKPOINT_BYTES })
    default:
      return undefined
  }
}

function decodeTitle(kind: TitleBody['kind'], bytes: Uint8Array): TitleBody | undefined {
  const fields = decodeCborMap(bytes, MAX_SMALL_BYTES)
  const named = readNamed(fields)
  const title = readText(fields?.get('title'), MAX_TITLE_BYTES)
  if (fields === undefined || named === undefined || title === undefined || !isTitle(title)) return undefined
  if (kind === 'document.rename') {
    if (fields.size !== 3 || !isCborOf(bytes, Object.fromEntries(fields))) return undefined
    return { kind, ...named, title }
  }
  const documentKind = fields.get('kind') as DocumentKind | undefined
  if (fields.size !== 4 || documentKind === undefined || documentKind !== kindOf(named.document)) return undefined
  return isCborOf(bytes, Object.fromEntries(fields)) ? { kind, ...named, title } : undefined
}

function readNamed(fields: ReadonlyMap<string, unknown> | undefined): Named | undefined {
  const id = readBytes(fields?.get('id'), ID_BYTES)
  const document = readBytes(fields?.get('document'), DOCUMENT_ID_BYTES)
  return id === undefined || document === undefined ? undefined : { id, document: documentIdOf(document) }
}

function decodeContent(
  kind: ContentBody['kind'],
  bytes: Uint8Array,
  limits: { readonly most: number; readonly bytes: number },
): ContentBody | undefined {
  const fields = decodeCborMap(bytes, limits.bytes + limits.most * SESSION_BYTES + ENVELOPE_BYTES)
  const named = readNamed(fields)
  const structs = fields?.get('structs')
  const deletes = fields?.get('deletes')
  const sessions = readSessions(fields?.get('sessions'), limits.most)
  if (named === undefined || sessions === undefined || fields?.size !== 5) return undefined
  if (!(structs instanceof Uint8Array) || !(deletes instanceof Uint8Array)) return undefined
  if (structs.length + deletes.length > limits.bytes) return undefined
  return { kind, ...named, sessions, structs, deletes }
}

function readSessions(value: unknown, most: number): readonly SessionName[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined
  const sessions: SessionName[] = []
  for (const item of value as unknown[]) {
    if (!Array.isArray(item) || item.length !== 2) return undefined
    const [bytes, count] = item as unknown[]
    const incarnation = readBytes(bytes, INCARNATION_BYTES)
    const number = readWhole(count, 0, MAX_SESSION_NUMBER)
    if (incarnation === undefined || number === undefined) return undefined
    sessions.push({ incarnation: toHex(incarnation), number })
  }
  return sessions
}
