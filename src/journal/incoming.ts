import { bytesEqual } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import type { Verify } from '../identity/device-key.ts'
import { MAX_BATCH_ENTRIES, MAX_ENTRY_BYTES } from './constants.ts'
import type { FutureVersionError } from './errors.ts'
import { StructureError } from './errors.ts'
import type { JournalAddress, Position, SealedHeader } from './header.ts'
import { newerVersionOf, openHeader } from './header.ts'
import { journalName } from './line.ts'
import type { RawEntry, Stub } from './stored-entry.ts'

/** An entry whose structure was found right. */
export interface SoundEntry {
  readonly type: 'entry'
  readonly header: SealedHeader
  /** Only where it was verified here. */
  readonly signature: Uint8Array | undefined
  readonly body: Uint8Array
}

export interface SoundStub {
  readonly type: 'stub'
  readonly stub: Stub
}

export type SoundItem = SoundEntry | SoundStub

/** Consecutive places of one journal, chained by hash and signed at the end. */
export interface SoundBatch {
  readonly journal: JournalAddress
  readonly name: string
  /** What the first place must follow; hash unknown (undefined) before a stub. */
  readonly before: { readonly sequence: number; readonly hash: Uint8Array | undefined }
  readonly items: readonly SoundItem[]
  readonly head: Position
}

export type WireItem = { readonly type: 'entry'; readonly entry: RawEntry } | SoundStub

/**
 * Judges the structure of a batch from another peer: format, hash chain, sizes, body hashes, and the signature of the
 * last entry, under which the chain vouches for those before it. Checkpoints are verified each, since they prove stubs.
 * Stubs are only held to the chain here.
 * @throws StructureError, FutureVersionError
 */
export function judgeBatch(space: Uint8Array, wire: readonly WireItem[], verify: Verify): SoundBatch {
  if (wire.length === 0 || wire.length > MAX_BATCH_ENTRIES) throw new StructureError('a batch of the wrong length')
  const items: SoundItem[] = []
  let journal: JournalAddress | undefined
  let before: SoundBatch['before'] | undefined
  let last: { sequence: number; hash: Uint8Array; lamport: number } | undefined

  for (const [index, item] of wire.entries()) {
    if (item.type === 'stub') {
      const { stub } = item
      before ??= { sequence: stub.from - 1, hash: undefined }
      if (stub.from !== (last?.sequence ?? before.sequence) + 1) throw new StructureError('a stub out of its place')
      last = { sequence: stub.to, hash: stub.hash, lamport: stub.lamport }
      items.push(item)
      continue
    }
    const header = openHeader(item.entry.header)
    if (!bytesEqual(header.space, space)) throw new StructureError('an entry of another space')
    if (journal === undefined) journal = header.journal
    else if (!sameJournal(journal, header.journal)) throw new StructureError('a batch of two journals')
    before ??= { sequence: header.sequence - 1, hash: header.previous }
    if (last !== undefined) {
      if (header.sequence !== last.sequence + 1) throw new StructureError('a gap in a batch')
      if (!bytesEqual(header.previous, last.hash)) throw new StructureError('a broken hash chain')
      if (header.lamport <= last.lamport) throw new StructureError('a Lamport number that does not grow')
    }
    checkBody(header, item.entry)
    const isLast = index === wire.length - 1
    const mustVerify = isLast || header.supersedes.length > 0
    items.push({
      type: 'entry',
      header,
      signature: mustVerify ? verified(header, item.entry, verify) : undefined,
      body: item.entry.body,
    })
    last = header
  }
  if (journal === undefined || before === undefined || last === undefined || items.at(-1)?.type !== 'entry') {
    throw new StructureError('a batch that does not end in a signed entry')
  }
  return { journal, name: journalName(journal), before, items, head: { sequence: last.sequence, hash: last.hash } }
}

/**
 * What stands before the first entry of a newer format, back to the last that is signed: it can be judged by itself.
 * Formats differ in the version alone until they are read, so nothing else is looked at here.
 */
export function readablePart(wire: readonly WireItem[]): {
  readonly items: readonly WireItem[]
  /** There is an entry of a newer format. */
  readonly newer: FutureVersionError | undefined
} {
  let signed = 0
  for (const [index, item] of wire.entries()) {
    if (item.type === 'stub') continue
    const newer = newerVersionOf(item.entry.header)
    if (newer !== undefined) return { items: wire.slice(0, signed), newer }
    if (item.entry.signature !== undefined) signed = index + 1
  }
  return { items: wire, newer: undefined }
}

function checkBody(header: SealedHeader, entry: RawEntry): void {
  if (entry.body.length !== header.bodySize || entry.header.length + entry.body.length + 64 > MAX_ENTRY_BYTES) {
    throw new StructureError('a body of the wrong size')
  }
  if (!bytesEqual(sha256(entry.body), header.bodyHash)) throw new StructureError('a body that is not the signed one')
}

function verified(header: SealedHeader, entry: RawEntry, verify: Verify): Uint8Array {
  if (entry.signature === undefined || !verify(header.journal.device, header.bytes, entry.signature)) {
    throw new StructureError('an entry with a wrong signature')
  }
  return entry.signature
}

export function sameJournal(a: JournalAddress, b: JournalAddress): boolean {
  return a.kind === b.kind && bytesEqual(a.device, b.device) && bytesEqual(a.incarnation, b.incarnation)
}
