import { encode } from 'cborg'

import { bytesEqual } from '../base/bytes.ts'
import { decodeCborList } from '../base/cbor.ts'
import { sha256 } from '../base/hash.ts'
import {
  MAX_BLOB_BYTES,
  MAX_BLOBS,
  MAX_HEADER_BYTES,
  MAX_INLINE_BODY_BYTES,
  MAX_KIND_LENGTH,
  MAX_SEEN,
  MAX_SUPERSEDED_RANGES,
} from './constants.ts'
import type { BlobReference } from './entry-types.ts'
import { FutureVersionError, StructureError } from './errors.ts'

/** The version of the entry format that this code writes. */
export const ENTRY_VERSION = 1

/** Journal kinds on the wire. */
export const MEMBERS = 0
export const DATA = 1
export type KindCode = typeof MEMBERS | typeof DATA

/** Which journal, in bytes: what headers, frontiers and requests name it by. */
export interface JournalAddress {
  /** Public key, 32 bytes. */
  readonly device: Uint8Array
  /** 8 bytes. */
  readonly incarnation: Uint8Array
  readonly kind: KindCode
}

/** A place in a journal; the hash says which branch, should it be forked. */
export interface Position {
  readonly sequence: number
  /** 32 bytes. */
  readonly hash: Uint8Array
}

export interface Seen extends Position {
  readonly journal: JournalAddress
}

export interface SupersededRanges {
  /** 8 bytes. */
  readonly incarnation: Uint8Array
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

export interface Header {
  /** 32 bytes. */
  readonly space: Uint8Array
  readonly journal: JournalAddress
  readonly sequence: number
  /** Hash of the header before; empty at sequence 1. */
  readonly previous: Uint8Array
  readonly seen: readonly Seen[]
  readonly lamport: number
  readonly time: number
  readonly kind: string
  /** SHA-256 of the inline body. */
  readonly bodyHash: Uint8Array
  readonly bodySize: number
  readonly blobs: readonly BlobReference[]
  readonly supersedes: readonly SupersededRanges[]
}

/** A header with the bytes that were signed and their hash. */
export interface SealedHeader extends Header {
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
}

export function sealHeader(header: Header): SealedHeader {
  const bytes = encode([
    ENTRY_VERSION,
    header.space,
    header.journal.device,
    header.journal.incarnation,
    header.journal.kind,
    header.sequence,
    header.previous,
    header.seen.map((item) => [
      item.journal.device,
      item.journal.incarnation,
      item.journal.kind,
      item.sequence,
      item.hash,
    ]),
    header.lamport,
    header.time,
    header.kind,
    header.bodyHash,
    header.bodySize,
    header.blobs.map((blob) => [blob.hash, blob.size]),
    header.supersedes.map((item) => [item.incarnation, item.ranges]),
  ])
  return { ...header, bytes, hash: sha256(bytes) }
}

/**
 * Reads a header from bytes that nobody vouches for yet.
 * @throws StructureError, FutureVersionError
 */
export function openHeader(bytes: Uint8Array): SealedHeader {
  if (bytes.length > MAX_HEADER_BYTES) throw new StructureError(`a header of ${bytes.length} bytes is too long`)
  const fields = decodeArray(bytes)
  if (fields[0] !== ENTRY_VERSION) {
    if (typeof fields[0] === 'number' && fields[0] > ENTRY_VERSION) throw new FutureVersionError(fields[0])
    throw new StructureError('an entry without a version')
  }
  if (fields.length !== 15) throw new StructureError('an entry with the wrong number of fields')
  const sequence = whole(fields[5], 1)
  const previous = bytesOf(fields[6], sequence === 1 ? 0 : 32)
  const header: Header = {
    space: bytesOf(fields[1], 32),
    journal: { device: bytesOf(fields[2], 32), incarnation: bytesOf(fields[3], 8), kind: kindCode(fields[4]) },
    sequence,
    previous,
    seen: list(fields[7], MAX_SEEN).map(readSeen),
    lamport: whole(fields[8], 1),
    time: whole(fields[9], 0),
    kind: kindName(fields[10]),
    bodyHash: bytesOf(fields[11], 32),
    bodySize: whole(fields[12], 0, MAX_INLINE_BODY_BYTES),
    blobs: list(fields[13], MAX_BLOBS).map(readBlob),
    supersedes: readSupersedes(fields[14]),
  }
  checkSupersedes(header)
  return { ...header, bytes, hash: sha256(bytes) }
}

/**
 * Whether a header is of a newer format, told by its first two bytes: an array of up to 23 fields whose first is a small
 * number. Costs nothing on the way of entries that can be read.
 */
export function newerVersionOf(bytes: Uint8Array): FutureVersionError | undefined {
  const [array = 0, version = 0] = bytes
  const isShortArray = array >> 5 === 4 && (array & 31) < 24
  return isShortArray && version > ENTRY_VERSION && version < 24 ? new FutureVersionError(version) : undefined
}

/** Strict CBOR: definite lengths, shortest numbers, no floats in place of integers, nothing after the end. */
export function decodeArray(bytes: Uint8Array): readonly unknown[] {
  const list = decodeCborList(bytes)
  if (list === undefined) throw new StructureError('bytes that are not a list in CBOR')
  return list
}

export function bytesOf(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw new StructureError(`not ${length} bytes`)
  return value
}

export function whole(value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw new StructureError('a number out of its bounds')
  }
  return value
}

export function list(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new StructureError('a list that is too long')
  return value
}

export function kindCode(value: unknown): KindCode {
  if (value !== MEMBERS && value !== DATA) throw new StructureError('an unknown kind of journal')
  return value
}

function kindName(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_KIND_LENGTH || !/^[a-z]+(?:\.[a-z-]+)+$/.test(value)) {
    throw new StructureError('an entry without a proper kind')
  }
  return value
}

export function readJournal(fields: readonly unknown[]): JournalAddress {
  return { device: bytesOf(fields[0], 32), incarnation: bytesOf(fields[1], 8), kind: kindCode(fields[2]) }
}

function readSeen(value: unknown): Seen {
  const fields = list(value, 5)
  return { journal: readJournal(fields), sequence: whole(fields[3], 1), hash: bytesOf(fields[4], 32) }
}

function readBlob(value: unknown): BlobReference {
  const fields = list(value, 2)
  return { hash: bytesOf(fields[0], 32), size: whole(fields[1], 1, MAX_BLOB_BYTES) }
}

function readSupersedes(value: unknown): readonly SupersededRanges[] {
  let count = 0
  return list(value, MAX_SUPERSEDED_RANGES).map((item) => {
    const fields = list(item, 2)
    const ranges = list(fields[1], MAX_SUPERSEDED_RANGES)
    count += ranges.length
    if (count > MAX_SUPERSEDED_RANGES) throw new StructureError('a checkpoint of too many ranges')
    let end = 0
    return {
      incarnation: bytesOf(fields[0], 8),
      ranges: ranges.map((range): readonly [number, number] => {
        const [from, to] = list(range, 2)
        const first = whole(from, end + 1)
        end = whole(to, first)
        return [first, end]
      }),
    }
  })
}

/** A checkpoint stands in a data journal and speaks of what comes before it. */
function checkSupersedes(header: Header): void {
  if (header.supersedes.length === 0) return
  if (header.journal.kind !== DATA) throw new StructureError('only data journals have checkpoints')
  for (const { incarnation, ranges } of header.supersedes) {
    const last = ranges.at(-1)
    if (last !== undefined && bytesEqual(incarnation, header.journal.incarnation) && last[1] >= header.sequence) {
      throw new StructureError('a checkpoint of entries to come')
    }
  }
}

/** Hashes of the entries that an entry comes right after, as far as who belongs may hang on them. */
export function afterOf({ previous, seen, sequence }: Header): readonly Uint8Array[] {
  const members = seen.filter(({ journal }) => journal.kind === MEMBERS).map(({ hash }) => hash)
  return sequence === 1 ? members : [previous, ...members]
}
