import { toHex } from '../../base/bytes.ts'
import { sha256 } from '../../base/hash.ts'
import { readUint64Key, uint64Key } from '../../store/keys.ts'
import { ADDRESS_BYTES } from '../constants.ts'

declare const brand: unique symbol
/** SHA-256 of a chunk's bytes, in hex: where it is found, and what it is checked by. */
export type ChunkAddress = string & { readonly [brand]: 'ChunkAddress' }

/** A chunk of a file, or a page that lists some. */
export interface Part {
  readonly address: ChunkAddress
  /** Bytes of the file that it stands for. */
  readonly size: number
}

const PART_BYTES = ADDRESS_BYTES + 8

export function addressOf(chunk: Uint8Array): ChunkAddress {
  return toHex(sha256(chunk)) as ChunkAddress
}

/** Addresses and sizes one after another, 40 bytes each. */
export function packParts(parts: readonly Part[]): Uint8Array {
  const packed = new Uint8Array(parts.length * PART_BYTES)
  for (const [index, { address, size }] of parts.entries()) {
    packed.set(Buffer.from(address, 'hex'), index * PART_BYTES)
    packed.set(uint64Key(size), index * PART_BYTES + ADDRESS_BYTES)
  }
  return packed
}

/** What `packParts` made of at most `limit` parts that stand for `size` bytes in all; `undefined` for anything else. */
export function unpackParts(
  packed: Uint8Array,
  options: { readonly size: number; readonly limit: number; readonly maxPartSize: number },
): readonly Part[] | undefined {
  if (packed.length % PART_BYTES !== 0 || packed.length > options.limit * PART_BYTES) return undefined
  const parts: Part[] = []
  let left = options.size
  for (let at = 0; at < packed.length; at += PART_BYTES) {
    const size = readUint64Key(packed, at + ADDRESS_BYTES)
    if (size < 1 || size > options.maxPartSize || size > left) return undefined
    left -= size
    parts.push({ address: toHex(packed.subarray(at, at + ADDRESS_BYTES)) as ChunkAddress, size })
  }
  return left === 0 ? parts : undefined
}
