import { concatBytes, EMPTY_BYTES, utf8 } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import { prefixRange, uint32Key, uint64Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { MAX_BLOB_BYTES } from './constants.ts'
import type { BlobReference } from './entry-types.ts'
import type { SealedHeader } from './header.ts'
import type { Line } from './line.ts'

/** Pieces of large bodies, by hash, each kept as long as an entry that is held names it. */
export class Blobs {
  readonly #store: RecordStore
  readonly #blobPrefix: Uint8Array
  readonly #markPrefix: Uint8Array

  constructor(store: RecordStore, prefix: Uint8Array) {
    this.#store = store
    this.#blobPrefix = concatBytes(prefix, utf8('b'))
    this.#markPrefix = concatBytes(prefix, utf8('k'))
  }

  #key(hash: Uint8Array): Uint8Array {
    return concatBytes(this.#blobPrefix, hash)
  }

  #mark(hash: Uint8Array, line: Line, sequence: number): Uint8Array {
    return concatBytes(this.#markPrefix, hash, uint32Key(line.number), uint64Key(sequence))
  }

  async get(hash: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#store.get(this.#key(hash))
  }

  /** The hashes among these whose blobs are not held. */
  async missing(hashes: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    if (hashes.length === 0) return []
    const held = await this.#store.getMany(hashes.map((hash) => this.#key(hash)))
    return hashes.filter((_, index) => held[index] === undefined)
  }

  /** The body that these blobs make. */
  async join(blobs: readonly BlobReference[]): Promise<Uint8Array> {
    const pieces = await this.#store.getMany(blobs.map((blob) => this.#key(blob.hash)))
    return concatBytes(...pieces.map((piece) => piece ?? EMPTY_BYTES))
  }

  /** Cuts a large body into blobs. */
  split(body: Uint8Array): {
    readonly references: readonly BlobReference[]
    readonly operations: readonly Operation[]
  } {
    const references: BlobReference[] = []
    const operations: Operation[] = []
    for (let offset = 0; offset < body.length; offset += MAX_BLOB_BYTES) {
      const piece = body.subarray(offset, offset + MAX_BLOB_BYTES)
      const hash = sha256(piece)
      references.push({ hash, size: piece.length })
      operations.push(this.putOperation(hash, piece))
    }
    return { references, operations }
  }

  putOperation(hash: Uint8Array, bytes: Uint8Array): Operation {
    return { type: 'put', key: this.#key(hash), value: bytes }
  }

  /** Records that this entry needs its blobs. */
  markOperations(line: Line, header: SealedHeader): readonly Operation[] {
    return header.blobs.map(({ hash }) => ({
      type: 'put',
      key: this.#mark(hash, line, header.sequence),
      value: EMPTY_BYTES,
    }))
  }

  /** Forgets that this entry needs its blobs, and drops those that no other does. */
  async releaseOperations(line: Line, header: SealedHeader): Promise<readonly Operation[]> {
    const operations: Operation[] = []
    for (const { hash } of header.blobs) {
      operations.push({ type: 'delete', key: this.#mark(hash, line, header.sequence) })
      const range = { ...prefixRange(concatBytes(this.#markPrefix, hash)), limit: 2 }
      let marks = 0
      for await (const [mark] of this.#store.entries(range)) marks += Math.sign(mark.length)
      if (marks <= 1) operations.push({ type: 'delete', key: this.#key(hash) })
    }
    return operations
  }
}
