import { fromBase64url, toBase64url, utf8, concatBytes } from '../../base/bytes.ts'
import { InvalidInputError } from '../../base/errors.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId } from '../../base/ids.ts'

declare const brand: unique symbol
/** A file or folder of a space's tree: 16 bytes in base64url. */
export type NodeId = string & { readonly [brand]: 'NodeId' }
/** A version of a file: the id of the body that made it. */
export type VersionId = string & { readonly [brand]: 'VersionId' }

export const ID_BYTES = 16

/** Where the tree begins. */
export const ROOT: NodeId = special(0)
/** Holds what was deleted. */
export const BIN: NodeId = special(1)
/** Holds what was deleted from the bin: nothing refers to it any more. */
export const GONE: NodeId = special(2)

const SPECIAL: ReadonlySet<NodeId> = new Set([ROOT, BIN, GONE])

/** Made by nobody, and never moved. */
export function isSpecial(node: NodeId): boolean {
  return SPECIAL.has(node)
}

function special(last: number): NodeId {
  const bytes = new Uint8Array(ID_BYTES)
  bytes[ID_BYTES - 1] = last
  return toBase64url(bytes) as NodeId
}

/**
 * The id of what a body makes: nobody can make another thing with the same id, not even the same device,
 * and a body that is written anew keeps its own.
 */
export function idBytesOf(device: DeviceId, body: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(device), body)).subarray(0, ID_BYTES)
}

export function nodeIdOf(bytes: Uint8Array): NodeId {
  return toBase64url(bytes) as NodeId
}

export function idBytes(id: NodeId | VersionId): Uint8Array {
  return fromBase64url(id)
}

/** @throws InvalidInputError */
export function parseNodeId(text: string): NodeId {
  if (!/^[A-Za-z0-9_-]{21}[AQgw]$/.test(text)) throw new InvalidInputError(`"${text.slice(0, 80)}" is not a file's id`)
  return text as NodeId
}
