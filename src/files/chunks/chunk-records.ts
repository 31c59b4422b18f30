import { concatBytes, fromHex, toHex, utf8 } from '../../base/bytes.ts'
import { readUint64Key, uint64Key } from '../../store/keys.ts'
import type { ChunkAddress } from '../content/parts.ts'

/**
 * What this machine knows of the chunks on its disk, of all spaces together:
 *
 *   fc address   size, and since when nothing refers to it
 *   fb address   its bytes, where they are few
 *   fu           bytes in all
 */
export const CHUNKS: Uint8Array = utf8('fc')
const BYTES = utf8('fb')
export const USED_KEY: Uint8Array = utf8('fu')

export interface ChunkRecord {
  readonly size: number
  /** Wall time in milliseconds; 0 while something refers to it. */
  readonly idleSince: number
}

export function chunkKey(address: ChunkAddress): Uint8Array {
  return concatBytes(CHUNKS, fromHex(address))
}

export function bytesKey(address: ChunkAddress): Uint8Array {
  return concatBytes(BYTES, fromHex(address))
}

export function addressOfKey(key: Uint8Array): ChunkAddress {
  return toHex(key.subarray(CHUNKS.length)) as ChunkAddress
}

export function encodeChunkRecord({ size, idleSince }: ChunkRecord): Uint8Array {
  return concatBytes(uint64Key(size), uint64Key(idleSince))
}

/** Reads what `encodeChunkRecord` wrote. */
export function decodeChunkRecord(value: Uint8Array): ChunkRecord {
  return { size: readUint64Key(value, 0), idleSince: readUint64Key(value, 8) }
}
