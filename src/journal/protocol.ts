import { encode } from 'cborg'

import { BUCKETS, MAX_BATCH_ENTRIES, MAX_BLOB_BYTES } from './constants.ts'
import { StructureError } from './errors.ts'
import type { FrontierItem } from './frontier.ts'
import type { JournalAddress, Position } from './header.ts'
import { bytesOf, decodeArray, list, readJournal, whole } from './header.ts'
import type { WireItem } from './incoming.ts'
import type { RawEntry } from './stored-entry.ts'

/**
 * Anti-entropy, version 1. Each peer opens one stream to each neighbour and asks over it; the neighbour answers each
 * question in turn and between answers says when its own frontier advances.
 */
export const SYNC_PROTOCOL = '/murmuration/sync/1'

/** Frontier items in one message; with more, buckets are asked for a few at a time. */
const MAX_ITEMS = 8192
/** Backward-going samples of one's own branches of a journal. */
const MAX_SAMPLES = 1024
const MAX_REPORTS = 1024
const MAX_REPORT_BYTES = 1024 * 1024

/** A signed report of a device's whole frontier, as bytes that its signature covers. */
export interface WireReport {
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

export type ReportVersion = readonly [device: Uint8Array, counter: number]

export type Question =
  | { readonly type: 'compare'; readonly frontier: Uint8Array; readonly reports: Uint8Array }
  | { readonly type: 'buckets'; readonly indexes: readonly number[] }
  | { readonly type: 'pull'; readonly journal: JournalAddress; readonly have: readonly Position[] }
  | { readonly type: 'blob'; readonly hash: Uint8Array }
  | { readonly type: 'reports'; readonly have: readonly ReportVersion[] }

export type Answer =
  | { readonly type: 'equal'; readonly reportsDiffer: boolean }
  | { readonly type: 'digests'; readonly digests: readonly Uint8Array[]; readonly reportsDiffer: boolean }
  | { readonly type: 'items'; readonly items: readonly FrontierItem[]; readonly reportsDiffer: boolean }
  /** `proofs` are checkpoints that supersede what the stubs among the items leave out. */
  | {
      readonly type: 'batch'
      readonly proofs: readonly RawEntry[]
      readonly items: readonly WireItem[]
      readonly more: boolean
    }
  | { readonly type: 'blob'; readonly bytes: Uint8Array | null }
  | { readonly type: 'reports'; readonly reports: readonly WireReport[] }
  /** Unasked: these heads moved. */
  | { readonly type: 'advance'; readonly items: readonly FrontierItem[] }

const COMPARE = 0
const BUCKETS_QUESTION = 1
const PULL = 2
const BLOB = 3
const REPORTS = 4
const EQUAL = 10
const DIGESTS = 11
const ITEMS = 12
const BATCH = 13
const BLOB_ANSWER = 14
const REPORTS_ANSWER = 15
const ADVANCE = 16

export function encodeQuestion(question: Question): Uint8Array {
  switch (question.type) {
    case 'compare':
      return encode([COMPARE, question.frontier, question.reports])
    case 'buckets':
      return encode([BUCKETS_QUESTION, question.indexes])
    case 'pull':
      return encode([PULL, ...journalFields(question.journal), question.have.map((p) => [p.sequence, p.hash])])
    case 'blob':
      return encode([BLOB, question.hash])
    case 'reports':
      return encode([REPORTS, question.have])
  }
}

export function encodeAnswer(answer: Answer): Uint8Array {
  switch (answer.type) {
    case 'equal':
      return encode([EQUAL, answer.reportsDiffer])
    case 'digests':
      return encode([DIGESTS, answer.digests, answer.reportsDiffer])
    case 'items':
      return encode([ITEMS, answer.items.map(itemFields), answer.reportsDiffer])
    case 'batch':
      return encode([BATCH, answer.proofs.map(entryFields), answer.items.map(wireFields), answer.more])
    case 'blob':
      return encode([BLOB_ANSWER, answer.bytes])
    case 'reports':
      return encode([REPORTS_ANSWER, answer.reports.map((report) => [report.bytes, report.signature])])
    case 'advance':
      return encode([ADVANCE, answer.items.map(itemFields)])
  }
}

/** @throws StructureError */
export function decodeQuestion(bytes: Uint8Array): Question {
  const fields = decodeArray(bytes)
  switch (fields[0]) {
    case COMPARE:
      return { type: 'compare', frontier: bytesOf(fields[1], 32), reports: bytesOf(fields[2], 32) }
    case BUCKETS_QUESTION:
      return { type: 'buckets', indexes: list(fields[1], BUCKETS).map((index) => whole(index, 0, BUCKETS - 1)) }
    case PULL:
      return {
        type: 'pull',
        journal: readJournal(fields.slice(1, 4)),
        have: list(fields[4], MAX_SAMPLES).map(readPosition),
      }
    case BLOB:
      return { type: 'blob', hash: bytesOf(fields[1], 32) }
    case REPORTS:
      return { type: 'reports', have: list(fields[1], MAX_ITEMS).map(readVersion) }
    default:
      throw new StructureError('an unknown question')
  }
}

/** @throws StructureError */
export function decodeAnswer(bytes: Uint8Array): Answer {
  const fields = decodeArray(bytes)
  switch (fields[0]) {
    case EQUAL:
      return { type: 'equal', reportsDiffer: flag(fields[1]) }
    case DIGESTS:
      return {
        type: 'digests',
        digests: list(fields[1], BUCKETS).map((digest) => bytesOf(digest, 32)),
        reportsDiffer: flag(fields[2]),
      }
    case ITEMS:
      return { type: 'items', items: list(fields[1], MAX_ITEMS).map(readItem), reportsDiffer: flag(fields[2]) }
    case BATCH:
      return {
        type: 'batch',
        proofs: list(fields[1], MAX_BATCH_ENTRIES).map(readEntry),
        items: list(fields[2], MAX_BATCH_ENTRIES).map(readWire),
        more: flag(fields[3]),
      }
    case BLOB_ANSWER:
      return { type: 'blob', bytes: fields[1] === null ? null : someBytes(fields[1], MAX_BLOB_BYTES) }
    case REPORTS_ANSWER:
      return { type: 'reports', reports: list(fields[1], MAX_REPORTS).map(readReport) }
    case ADVANCE:
      return { type: 'advance', items: list(fields[1], MAX_ITEMS).map(readItem) }
    default:
      throw new StructureError('an unknown answer')
  }
}

/** What gossip carries: consecutive entries of one journal. An entry whose body is too large comes without it. */
export interface GossipedEntry {
  readonly header: Uint8Array
  /** Absent where a later one vouches for it. */
  readonly signature: Uint8Array | undefined
  readonly body: Uint8Array | undefined
}

export function encodeGossip(entries: readonly GossipedEntry[]): Uint8Array {
  return encode(entries.map((entry) => [entry.header, entry.signature ?? null, entry.body ?? null]))
}

/** @throws StructureError */
export function decodeGossip(bytes: Uint8Array): readonly GossipedEntry[] {
  return list(decodeArray(bytes), MAX_BATCH_ENTRIES).map((value) => {
    const fields = list(value, 3)
    return {
      header: someBytes(fields[0]),
      signature: fields[1] === null ? undefined : bytesOf(fields[1], 64),
      body: fields[2] === null ? undefined : someBytes(fields[2]),
    }
  })
}

const journalFields = (journal: JournalAddress): readonly unknown[] => [
  journal.device,
  journal.incarnation,
  journal.kind,
]
const itemFields = (item: FrontierItem): readonly unknown[] => [
  ...journalFields(item.journal),
  item.sequence,
  item.hash,
]
const entryFields = (entry: RawEntry): readonly unknown[] => [entry.header, entry.signature ?? null, entry.body]
const wireFields = (item: WireItem): readonly unknown[] =>
  item.type === 'entry' ? entryFields(item.entry) : [item.stub.from, item.stub.to, item.stub.hash, item.stub.lamport]

function readWire(value: unknown): WireItem {
  const fields = list(value, 4)
  if (fields.length === 3) return { type: 'entry', entry: readEntry(value) }
  const from = whole(fields[0], 1)
  const to = whole(fields[1], from)
  return { type: 'stub', stub: { from, to, hash: bytesOf(fields[2], 32), lamport: whole(fields[3], 1) } }
}

function readEntry(value: unknown): RawEntry {
  const fields = list(value, 3)
  const signature = fields[1] === null ? undefined : bytesOf(fields[1], 64)
  return { header: someBytes(fields[0]), signature, body: someBytes(fields[2]) }
}

function readPosition(value: unknown): Position {
  const fields = list(value, 2)
  return { sequence: whole(fields[0], 1), hash: bytesOf(fields[1], 32) }
}

function readItem(value: unknown): FrontierItem {
  const fields = list(value, 5)
  return { journal: readJournal(fields), sequence: whole(fields[3], 1), hash: bytesOf(fields[4], 32) }
}

function readVersion(value: unknown): ReportVersion {
  const fields = list(value, 2)
  return [bytesOf(fields[0], 32), whole(fields[1], 0)]
}

function readReport(value: unknown): WireReport {
  const fields = list(value, 2)
  return { bytes: someBytes(fields[0], MAX_REPORT_BYTES), signature: bytesOf(fields[1], 64) }
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new StructureError('not a yes or no')
  return value
}

/** Its length is bounded by the frame it came in, unless a lower bound is given. */
function someBytes(value: unknown, most: number = Number.MAX_SAFE_INTEGER): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length > most) throw new StructureError('not bytes, or too many')
  return value
}
