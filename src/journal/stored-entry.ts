import { concatBytes, ownBytes } from '../base/bytes.ts'
import { StructureError } from './errors.ts'

/** An entry as it is kept and sent: the signed bytes, the signature where this peer has checked one, the inline body. */
export interface RawEntry {
  readonly header: Uint8Array
  /**
   * 64 bytes. Absent where the entry is vouched for by the hash chain under a later signature:
   * only signatures that were verified here are kept, so that none passed on can be wrong.
   */
  readonly signature: Uint8Array | undefined
  readonly body: Uint8Array
}

/** What is left of a run of superseded entries. */
export interface Stub {
  readonly from: number
  readonly to: number
  /** Hash of the header at `to`, to which the next entry's `previous` must fit. */
  readonly hash: Uint8Array
  /** Lamport number of the header at `to`. */
  readonly lamport: number
}

const ENTRY = 0
const SIGNED_ENTRY = 1
const STUB = 2

/** The value of a record: an entry or a stub. */
export function encodeEntryRecord(entry: RawEntry): Uint8Array {
  const { body, header, signature } = entry
  const bodyStart = 5 + header.length + (signature === undefined ? 0 : 64)
  const record = new Uint8Array(bodyStart + body.length)
  record[0] = signature === undefined ? ENTRY : SIGNED_ENTRY
  new DataView(record.buffer).setUint32(1, header.length)
  record.set(header, 5)
  if (signature !== undefined) record.set(signature, 5 + header.length)
  record.set(body, bodyStart)
  return record
}

export function encodeStubRecord(stub: Stub): Uint8Array {
  const head = new Uint8Array(17)
  const view = new DataView(head.buffer)
  head[0] = STUB
  view.setFloat64(1, stub.from)
  view.setFloat64(9, stub.lamport)
  return concatBytes(head, stub.hash)
}

export type Record =
  | { readonly type: 'entry'; readonly entry: RawEntry }
  | { readonly type: 'stub'; readonly stub: Stub }

/** @param sequence what the record's key says: of the entry, or the stub's last */
export function decodeRecord(value: Uint8Array, sequence: number): Record {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  if (value[0] === STUB) {
    return {
      type: 'stub',
      stub: { from: view.getFloat64(1), to: sequence, hash: value.subarray(17, 49), lamport: view.getFloat64(9) },
    }
  }
  if (value[0] !== ENTRY && value[0] !== SIGNED_ENTRY) throw new StructureError('a stored entry that cannot be read')
  const headerEnd = 5 + view.getUint32(1)
  const bodyStart = value[0] === SIGNED_ENTRY ? headerEnd + 64 : headerEnd
  return {
    type: 'entry',
    entry: {
      header: value.subarray(5, headerEnd),
      signature: value[0] === SIGNED_ENTRY ? ownBytes(value.subarray(headerEnd, bodyStart)) : undefined,
      body: value.subarray(bodyStart),
    },
  }
}
