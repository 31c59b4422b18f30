import { concatBytes, EMPTY_BYTES } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../base/cbor.ts'
import type { DocumentId } from '../base/ids.ts'
import { prefixRange, readUint64Key, uint64Key } from '../store/keys.ts'
import type { Transaction } from '../store/transaction.ts'
import type { DocumentKind } from './document-ids.ts'
import { documentBytes, kindOf } from './document-ids.ts'
import type { Metadata } from './metadata.ts'
import { decodeMetadata, encodeMetadata, UNKNOWN_DOCUMENT } from './metadata.ts'
import {
  authorKey,
  authorsPrefix,
  clientOfKey,
  clockKey,
  clocksPrefix,
  entriesPrefix,
  headKey,
  metaKey,
  placeOfKey,
  tagOfAuthorKey,
  waitingPrefix,
} from './records.ts'
import type { Place } from './waiting-room.ts'
import { WaitingRoom } from './waiting-room.ts'
import { readWaitingKind } from './waiting-entry.ts'

/** Counters of a document's records. */
export interface Head {
  /** The number of the next update in the tail. */
  arrivals: number
  tailRecords: number
  tailBytes: number
  snapshotBytes: number
  /** This device's updates that no checkpoint of its own covers. */
  ownUpdates: number
  ownBytes: number
}

/** How much an author has written in a document. */
export interface AuthorTotal {
  clocks: number
  sessions: number
}

/** What has to be known of a document to judge its next entry, without opening it. */
export class DocumentState {
  readonly document: DocumentId
  readonly bytes: Uint8Array
  /** undefined: a kind that this version does not know. */
  readonly kind: DocumentKind | undefined
  /** The next clock of each client. */
  readonly clocks: Map<number, number>
  /** The Lamport number of the last update that moved a client's clock; none where checkpoints alone did. */
  readonly lamports: Map<number, number>
  readonly authors: Map<string, AuthorTotal>
  readonly waiting: WaitingRoom
  readonly head: Head
  metadata: Metadata
  readonly #changedClocks = new Set<number>()
  readonly #changedAuthors = new Set<string>()
  #changedMetadata = false
  #entryPrefix = { tag: '', own: false, prefix: EMPTY_BYTES }

  private constructor(
    document: DocumentId,
    parts: Pick<DocumentState, 'clocks' | 'lamports' | 'authors' | 'waiting' | 'head' | 'metadata'>,
  ) {
    this.document = document
    this.bytes = documentBytes(document)
    this.kind = kindOf(this.bytes)
    this.clocks = parts.clocks
    this.lamports = parts.lamports
    this.authors = parts.authors
    this.waiting = parts.waiting
    this.head = parts.head
    this.metadata = parts.metadata
  }

  static async load(document: DocumentId, transaction: Transaction): Promise<DocumentState> {
    const [head, metadata] = await transaction.getMany([headKey(document), metaKey(document)])
    const clocks = new Map<number, number>()
    const lamports = new Map<number, number>()
    const authors = new Map<string, AuthorTotal>()
    const waiting = new WaitingRoom()
    if (head !== undefined) {
      for (const [key, value] of await transaction.entries(prefixRange(clocksPrefix(document)))) {
        const client = clientOfKey(key)
        clocks.set(client, readUint32(value))
        const lamport = readUint64Key(value, 4)
        if (lamport > 0) lamports.set(client, lamport)
      }
      for (const [key, value] of await transaction.entries(prefixRange(authorsPrefix(document)))) {
        authors.set(tagOfAuthorKey(key), readAuthorTotal(value))
      }
      for (const [key, value] of await transaction.entries(prefixRange(waitingPrefix(document)))) {
        waiting.add(placeOfKey(key), readWaitingKind(value))
      }
    }
    return new DocumentState(document, {
      clocks,
      lamports,
      authors,
      waiting,
      head: decodeHead(head),
      metadata: metadata === undefined ? UNKNOWN_DOCUMENT : decodeMetadata(metadata),
    })
  }

  /** A document of which nothing is known but its title and fate. */
  static empty(document: DocumentId, metadata: Metadata): DocumentState {
    const state = new DocumentState(document, {
      clocks: new Map(),
      lamports: new Map(),
      authors: new Map(),
      waiting: new WaitingRoom(),
      head: decodeHead(undefined),
      metadata: UNKNOWN_DOCUMENT,
    })
    state.setMetadata(metadata)
    return state
  }

  readonly stateOf = (client: number): number => this.clocks.get(client) ?? 0

  /** As `entryKey` of records.ts, for one entry after another of the same journal. */
  entryKey(own: boolean, { sequence, tag }: Place): Uint8Array {
    const { tag: knownTag, own: knownOwn, prefix: known } = this.#entryPrefix
    const prefix = knownTag === tag && knownOwn === own ? known : entriesPrefix(this.bytes, own, tag)
    this.#entryPrefix = { tag, own, prefix }
    return concatBytes(prefix, uint64Key(sequence))
  }

  /** @param lamport of the update that did it; absent for checkpoints */
  advance(client: number, clock: number, lamport?: number): void {
    this.clocks.set(client, clock)
    if (lamport !== undefined) this.lamports.set(client, Math.max(lamport, this.lamports.get(client) ?? 0))
    this.#changedClocks.add(client)
  }

  totalOf(author: string): AuthorTotal {
    return this.authors.get(author) ?? { clocks: 0, sessions: 0 }
  }

  setTotal(author: string, total: AuthorTotal): void {
    this.authors.set(author, total)
    this.#changedAuthors.add(author)
  }

  setMetadata(metadata: Metadata): void {
    if (metadata === this.metadata) return
    this.metadata = metadata
    this.#changedMetadata = true
  }

  /** Writes what has changed since the last time. */
  write(transaction: Transaction): void {
    transaction.put(headKey(this.document), encodeHead(this.head))
    for (const client of this.#changedClocks) {
      const value = concatBytes(uint32s(this.stateOf(client)), uint64Key(this.lamports.get(client) ?? 0))
      transaction.put(clockKey(this.bytes, client), value)
    }
    for (const author of this.#changedAuthors) {
      const { clocks, sessions } = this.totalOf(author)
      transaction.put(authorKey(this.bytes, author), uint32s(clocks, sessions))
    }
    if (this.#changedMetadata) transaction.put(metaKey(this.document), encodeMetadata(this.metadata))
    this.#changedClocks.clear()
    this.#changedAuthors.clear()
    this.#changedMetadata = false
  }
}

const FIELDS = ['arrivals', 'tailRecords', 'tailBytes', 'snapshotBytes', 'ownUpdates', 'ownBytes'] as const

export function decodeHead(bytes: Uint8Array | undefined): Head {
  const fields = bytes === undefined ? undefined : decodeCborMap(bytes, 1024)
  const head: Head = { arrivals: 0, tailRecords: 0, tailBytes: 0, snapshotBytes: 0, ownUpdates: 0, ownBytes: 0 }
  for (const name of FIELDS) {
    const value = fields?.get(name)
    if (typeof value === 'number') head[name] = value
  }
  return head
}

function encodeHead(head: Head): Uint8Array {
  return encodeCbor(head)
}

export function readAuthorTotal(record: Uint8Array): AuthorTotal {
  return { clocks: readUint32(record), sessions: readUint32(record, 4) }
}

function uint32s(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value)
  return bytes
}

function readUint32(bytes: Uint8Array, offset = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset)
}
