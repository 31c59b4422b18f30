import { fromHex, toHex } from '../../base/bytes.ts'
import { readBytes, readWhole } from '../../base/cbor.ts'
import { ADDRESS_BYTES, MAX_CHUNK_BYTES, MAX_INLINE_PARTS, MAX_PAGE_LEVEL, MAX_PAGE_PARTS } from '../constants.ts'
import type { Part } from './parts.ts'
import { packParts, unpackParts } from './parts.ts'

/** What is in a file: how long, which bytes, and where they are. Small enough for an entry, however long the file. */
export interface Content {
  readonly size: number
  /** SHA-256 of all bytes, in hex. */
  readonly hash: string
  /** 0: the parts are chunks. 1: they are pages that list chunks. 2: pages that list pages. */
  readonly level: number
  /** In the order of the file. */
  readonly parts: readonly Part[]
}

/** The most that a part of this level can stand for, in bytes of the file. */
export function maxPartSize(level: number): number {
  return Math.min(MAX_CHUNK_BYTES * MAX_PAGE_PARTS ** level, Number.MAX_SAFE_INTEGER)
}

/** As a value inside a body. */
export function contentToCbor({ size, hash, level, parts }: Content): readonly unknown[] {
  return [size, fromHex(hash), level, packParts(parts)]
}

/** What `contentToCbor` made; `undefined` for anything else. */
export function readContent(value: unknown): Content | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined
  const size = readWhole(value[0], 0, Number.MAX_SAFE_INTEGER)
  const hash = readBytes(value[1], ADDRESS_BYTES)
  const level = readWhole(value[2], 0, MAX_PAGE_LEVEL)
  if (size === undefined || hash === undefined || level === undefined || !(value[3] instanceof Uint8Array)) {
    return undefined
  }
  const parts = unpackParts(value[3], { size, limit: MAX_INLINE_PARTS, maxPartSize: maxPartSize(level) })
  return parts === undefined ? undefined : { size, hash: toHex(hash), level, parts }
}

/** A page is stored, addressed and copied like a chunk. */
export function encodePage(parts: readonly Part[]): Uint8Array {
  return packParts(parts)
}

/**
 * The parts that a page lists; `undefined` where it is not what the part above says.
 * @param level of the part that names the page: 1 where it lists chunks
 */
export function decodePage(bytes: Uint8Array, page: { readonly level: number; readonly size: number }) {
  return unpackParts(bytes, { size: page.size, limit: MAX_PAGE_PARTS, maxPartSize: maxPartSize(page.level - 1) })
}
