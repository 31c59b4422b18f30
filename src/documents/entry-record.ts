import { concatBytes } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../base/cbor.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Entry, JournalId, Supersedes } from '../journal/entry-types.ts'

/** What became of an entry. */
export type Fate =
  | 'applied'
  /** Said before: the same body in another place, or what a checkpoint covers. */
  | 'repeated'
  | 'void'
  | 'waiting'

const FATES: readonly Fate[] = ['applied', 'repeated', 'void', 'waiting']
/** As many bytes of a body's id as make doubles sure. */
export const ID_BYTES = 8
/** A bit of the first byte: coverage follows. */
const COVERS = 0x80
const MAX_RECORD_BYTES = 1024 * 1024

/** What is kept of an entry about a document's content, to checkpoint, to check, and to find doubles. */
export interface EntryRecord {
  readonly fate: Fate
  /** Of its body. */
  readonly bytes: number
  /** The first bytes of the body's id, which the same body keeps wherever it is written anew. */
  readonly id: Uint8Array
  /** Only of checkpoints. */
  readonly covers: Covered | undefined
}

export interface Covered {
  readonly device: DeviceId
  readonly supersedes: readonly Supersedes[]
}

export function entryRecord(
  { body, device, kind, supersedes }: Pick<Entry, 'body' | 'device' | 'kind' | 'supersedes'>,
  id: Uint8Array,
  fate: Fate,
): EntryRecord {
  return {
    fate,
    bytes: body.length,
    id: id.subarray(0, ID_BYTES),
    covers: kind === 'document.checkpoint' ? { device, supersedes } : undefined,
  }
}

export function encodeEntryRecord({ bytes, covers, fate, id }: EntryRecord): Uint8Array {
  const head = new Uint8Array(1 + 4 + ID_BYTES)
  head[0] = FATES.indexOf(fate) | (covers === undefined ? 0 : COVERS)
  new DataView(head.buffer).setUint32(1, bytes)
  head.set(id, 5)
  return covers === undefined ? head : concatBytes(head, encodeCbor(covers))
}

/** Own records only. */
export function decodeEntryRecord(record: Uint8Array): EntryRecord {
  const first = record[0] ?? 0
  return {
    fate: FATES[first & 0x7f] ?? 'void',
    bytes: new DataView(record.buffer, record.byteOffset).getUint32(1),
    id: record.subarray(5, 5 + ID_BYTES),
    covers: (first & COVERS) === 0 ? undefined : decodeCovered(record.subarray(5 + ID_BYTES)),
  }
}

function decodeCovered(bytes: Uint8Array): Covered | undefined {
  const fields = decodeCborMap(bytes, MAX_RECORD_BYTES)
  const supersedes = fields?.get('supersedes') as readonly ReadonlyMap<string, unknown>[] | undefined
  if (fields === undefined || supersedes === undefined) return undefined
  return {
    device: fields.get('device') as DeviceId,
    supersedes: supersedes.map((one) => ({
      incarnation: one.get('incarnation') as string,
      ranges: one.get('ranges') as Supersedes['ranges'],
    })),
  }
}

export function encodeJournal({ branch, device, incarnation }: JournalId): Uint8Array {
  return encodeCbor({ device, incarnation, branch })
}

export function decodeJournal(bytes: Uint8Array): JournalId | undefined {
  const fields = decodeCborMap(bytes, 1024)
  if (fields === undefined) return undefined
  const branch = fields.get('branch') as string | undefined
  return {
    device: fields.get('device') as JournalId['device'],
    incarnation: fields.get('incarnation') as string,
    kind: 'data',
    ...(branch === undefined ? {} : { branch }),
  }
}
