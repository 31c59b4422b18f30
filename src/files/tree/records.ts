import { concatBytes, utf8 } from '../../base/bytes.ts'
import { decodeCborList, encodeCbor } from '../../base/cbor.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Content } from '../content/content.ts'
import { contentToCbor, readContent } from '../content/content.ts'
import { foldName, nameKey } from './names.ts'
import type { NodeId, VersionId } from './node-ids.ts'
import { ID_BYTES, idBytes, nodeIdOf } from './node-ids.ts'
import type { NodeState } from './node-state.ts'

/**
 * The records of the projection, all under `pf`:
 *
 *   n node                   what is known of it
 *   c parent name 0 node     the same, where it lies now: so a folder is one scan, by name
 *   v node order             a version of it
 *   r node version           another version was made from that one
 *   l order                  a move: the log
 *   k                        the greatest hybrid time known
 */
export const PREFIX: Uint8Array = utf8('pf')
const NODES = utf8('pfn')
export const CHILDREN: Uint8Array = utf8('pfc')
export const VERSIONS: Uint8Array = utf8('pfv')
const REPLACED = utf8('pfr')
const LOG = utf8('pfl')
export const CLOCK_KEY: Uint8Array = utf8('pfk')

const END_OF_NAME = Uint8Array.of(0)

export function nodeKey(node: NodeId): Uint8Array {
  return concatBytes(NODES, idBytes(node))
}

export function childrenPrefix(parent: NodeId): Uint8Array {
  return concatBytes(CHILDREN, idBytes(parent))
}

/** Before all children that bear this name, and perhaps some whose long names begin alike. */
export function namePrefix(parent: NodeId, folded: string): Uint8Array {
  return concatBytes(CHILDREN, idBytes(parent), nameKey(folded), END_OF_NAME)
}

export function childKey(node: NodeId, { parent, name }: Pick<NodeState, 'parent' | 'name'>): Uint8Array {
  return concatBytes(namePrefix(parent, foldName(name)), idBytes(node))
}

export function parentOfChildKey(key: Uint8Array): NodeId {
  return nodeIdOf(key.subarray(CHILDREN.length, CHILDREN.length + ID_BYTES))
}

/** The folded name as it stands in the key, a character for each byte: sorts as keys do, and can be searched. */
export function nameOfChildKey(key: Uint8Array): string {
  const from = CHILDREN.length + ID_BYTES
  return Buffer.from(key.buffer, key.byteOffset + from, key.length - from - ID_BYTES - 1).toString('latin1')
}

export function nodeOfChildKey(key: Uint8Array): NodeId {
  return nodeIdOf(key.subarray(key.length - ID_BYTES))
}

export function versionsPrefix(node: NodeId): Uint8Array {
  return concatBytes(VERSIONS, idBytes(node))
}

export function versionKey(node: NodeId, order: Uint8Array): Uint8Array {
  return concatBytes(versionsPrefix(node), order)
}

export function nodeOfVersionKey(key: Uint8Array): NodeId {
  return nodeIdOf(key.subarray(VERSIONS.length, VERSIONS.length + ID_BYTES))
}

export function replacedKey(node: NodeId, version: VersionId): Uint8Array {
  return concatBytes(REPLACED, idBytes(node), idBytes(version))
}

/** A version of a file. */
export interface StoredVersion {
  readonly id: VersionId
  readonly by: DeviceId
  /** Its author's wall time in milliseconds. */
  readonly at: number
  readonly content: Content
}

export function encodeVersion({ id, by, at, content }: StoredVersion): Uint8Array {
  return encodeCbor([idBytes(id), by, at, contentToCbor(content)])
}

/** Reads what `encodeVersion` wrote. */
export function decodeVersion(value: Uint8Array): StoredVersion {
  const [id, by, at, content] = decodeCborList(value) as [Uint8Array, DeviceId, number, unknown]
  const read = readContent(content)
  if (read === undefined) throw new RangeError('a stored version without its content')
  return { id: nodeIdOf(id) as string as VersionId, by, at, content: read }
}

/** A move, and what it did among all that are known. */
export interface LoggedMove {
  readonly node: NodeId
  readonly target: NodeId
  readonly by: DeviceId
  readonly at: number
  /** Where the node was before, and the order of the move that had brought it there. Undefined where the move did nothing. */
  readonly undo: { readonly parent: NodeId; readonly moved: Uint8Array | undefined } | undefined
}

export function logKey(order: Uint8Array): Uint8Array {
  return concatBytes(LOG, order)
}

export function orderOfLogKey(key: Uint8Array): Uint8Array {
  return key.subarray(LOG.length)
}

export const LOG_END: Uint8Array = utf8('pfm')
export const LOG_START: Uint8Array = LOG

export function encodeMove({ node, target, by, at, undo }: LoggedMove): Uint8Array {
  const before = undo === undefined ? null : [idBytes(undo.parent), undo.moved ?? null]
  return encodeCbor([idBytes(node), idBytes(target), by, at, before])
}

/** Reads what `encodeMove` wrote. */
export function decodeMove(value: Uint8Array): LoggedMove {
  const [node, target, by, at, before] = decodeCborList(value) as [
    Uint8Array,
    Uint8Array,
    DeviceId,
    number,
    [Uint8Array, Uint8Array | null] | null,
  ]
  const undo = before === null ? undefined : { parent: nodeIdOf(before[0]), moved: before[1] ?? undefined }
  return { node: nodeIdOf(node), target: nodeIdOf(target), by, at, undo }
}
