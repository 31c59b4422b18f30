import type { CborFields } from '../../base/cbor.ts'
import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText, readWhole } from '../../base/cbor.ts'
import type { HybridTime } from '../../base/hybrid-clock.ts'
import { MAX_COUNT, MAX_TIME } from '../../base/hybrid-clock.ts'
import { COUNTS_PER_LAMPORT, MAX_BODY_BYTES, MAX_COPIES, MAX_NAME_BYTES, MAX_REPLACED } from '../constants.ts'
import type { Content } from '../content/content.ts'
import { contentToCbor, readContent } from '../content/content.ts'
import { isFileName } from './names.ts'
import type { NodeId, VersionId } from './node-ids.ts'
import { BIN, GONE, ID_BYTES, idBytes, isSpecial, nodeIdOf } from './node-ids.ts'

/** What every body has. */
export interface Stamp {
  /** 16 random bytes, drawn when the body was made: what makes two equal statements two. */
  readonly nonce: Uint8Array
  readonly clock: HybridTime
  /** The author's wall time in milliseconds; never later than `clock`. */
  readonly at: number
}

/** What a body says. */
export type Saying =
  | { readonly kind: 'folder.create'; readonly parent: NodeId; readonly name: string }
  | { readonly kind: 'file.create'; readonly parent: NodeId; readonly name: string; readonly content: Content }
  | { readonly kind: 'file.rename'; readonly node: NodeId; readonly name: string }
  | { readonly kind: 'file.move'; readonly node: NodeId; readonly parent: NodeId }
  | { readonly kind: 'file.delete'; readonly node: NodeId }
  | { readonly kind: 'file.purge'; readonly node: NodeId }
  | {
      readonly kind: 'file.version'
      readonly node: NodeId
      readonly content: Content
      /** What its author had before: nobody needs to choose between it and those. */
      readonly replaces: readonly VersionId[]
    }
  /** null: as the folder above has it. */
  | { readonly kind: 'folder.copies'; readonly node: NodeId; readonly copies: number | null }

export type Body = Stamp & Saying
export type BodyOf<Kind extends Body['kind']> = Extract<Body, { kind: Kind }>

export const KINDS = [
  'folder.create',
  'file.create',
  'file.rename',
  'file.move',
  'file.delete',
  'file.purge',
  'file.version',
  'folder.copies',
] as const satisfies readonly Body['kind'][]

export function encodeBody(body: Body): Uint8Array {
  return encodeCbor({
    id: body.nonce,
    clock: [body.clock.time, body.clock.count],
    at: body.at === body.clock.time ? undefined : body.at,
    ...('node' in body ? { node: idBytes(body.node) } : {}),
    ...('parent' in body ? { parent: idBytes(body.parent) } : {}),
    ...('name' in body ? { name: body.name } : {}),
    ...('content' in body ? { content: contentToCbor(body.content) } : {}),
    ...('replaces' in body ? { replaces: body.replaces.map(idBytes) } : {}),
    ...('copies' in body ? { copies: body.copies } : {}),
  })
}

/**
 * Reads the body of an entry; `undefined` where it is void. Never throws. Fields it does not know are left alone,
 * so that a later version can add some.
 *
 * @param lamport of the entry: bounds the clock's counter, so that nobody can use it up
 */
export function decodeBody(kind: string, bytes: Uint8Array, lamport: number): Body | undefined {
  const fields = decodeCborMap(bytes, MAX_BODY_BYTES)
  if (fields === undefined) return undefined
  const stamp = readStamp(fields, lamport)
  const saying = readSaying(kind, fields)
  if (stamp === undefined || saying === undefined) return undefined
  // U+FFFD is what bytes that are not UTF-8 turn into.
  if ('name' in saying && saying.name.includes('\uFFFD') && !isCborOf(bytes, fields)) return undefined
  return { ...stamp, ...saying }
}

function readStamp(fields: CborFields, lamport: number): Stamp | undefined {
  const nonce = readBytes(fields.get('id'), ID_BYTES)
  const clock = readClock(fields.get('clock'))
  if (nonce === undefined || clock === undefined || clock.count > lamport * COUNTS_PER_LAMPORT) return undefined
  const at = fields.has('at') ? readWhole(fields.get('at'), 0, clock.time) : clock.time
  return at === undefined ? undefined : { nonce, clock, at }
}

function readClock(value: unknown): HybridTime | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const time = readWhole(value[0], 0, MAX_TIME)
  const count = readWhole(value[1], 0, MAX_COUNT)
  return time === undefined || count === undefined ? undefined : { time, count }
}

function readSaying(kind: string, fields: CborFields): Saying | undefined {
  switch (kind) {
    case 'folder.create':
    case 'file.create':
      return readCreate(kind, fields)
    case 'file.rename': {
      const node = readNode(fields)
      const name = readName(fields)
      return node === undefined || name === undefined ? undefined : { kind, node, name }
    }
    case 'file.move': {
      const node = readNode(fields)
      const parent = readParent(fields)
      return node === undefined || parent === undefined ? undefined : { kind, node, parent }
    }
    case 'file.delete':
    case 'file.purge': {
      const node = readNode(fields)
      return node === undefined ? undefined : { kind, node }
    }
    case 'file.version': {
      const node = readNode(fields)
      const content = readContent(fields.get('content'))
      const replaces = readReplaces(fields.get('replaces'))
      if (node === undefined || content === undefined || replaces === undefined) return undefined
      return { kind, node, content, replaces }
    }
    case 'folder.copies': {
      const node = readNode(fields, { root: true })
      const asked = fields.get('copies')
      const copies = asked === null ? null : readWhole(asked, 1, MAX_COPIES)
      return node === undefined || copies === undefined ? undefined : { kind, node, copies }
    }
    default:
      return undefined
  }
}

function readCreate(kind: 'folder.create' | 'file.create', fields: CborFields): Saying | undefined {
  const parent = readParent(fields)
  const name = readName(fields)
  if (parent === undefined || name === undefined) return undefined
  if (kind === 'folder.create') return { kind, parent, name }
  const content = readContent(fields.get('content'))
  return content === undefined ? undefined : { kind, parent, name, content }
}

function readName(fields: CborFields): string | undefined {
  const name = readText(fields.get('name'), MAX_NAME_BYTES)
  return name !== undefined && isFileName(name) ? name : undefined
}

function readNode(fields: CborFields, allowed?: { readonly root: true }): NodeId | undefined {
  const bytes = readBytes(fields.get('node'), ID_BYTES)
  if (bytes === undefined) return undefined
  const node = nodeIdOf(bytes)
  if (!isSpecial(node)) return node
  return allowed?.root === true && node !== BIN && node !== GONE ? node : undefined
}

/** The bin is reached by deleting alone. */
function readParent(fields: CborFields): NodeId | undefined {
  const bytes = readBytes(fields.get('parent'), ID_BYTES)
  if (bytes === undefined) return undefined
  const parent = nodeIdOf(bytes)
  return parent === BIN || parent === GONE ? undefined : parent
}

function readReplaces(value: unknown): readonly VersionId[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_REPLACED) return undefined
  const replaces: VersionId[] = []
  for (const item of value) {
    const bytes = readBytes(item, ID_BYTES)
    if (bytes === undefined) return undefined
    replaces.push(nodeIdOf(bytes) as string as VersionId)
  }
  return replaces
}
