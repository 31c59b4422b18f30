import { encodeCbor, decodeCborMap } from '../base/cbor.ts'
import type { Entry } from '../journal/entry-types.ts'

/** As much of an entry as is needed to judge it later. */
export type HeldEntry = Pick<
  Entry,
  'journal' | 'device' | 'sequence' | 'lamport' | 'kind' | 'body' | 'supersedes' | 'own'
>

/** The first byte of a record tells what waits, without reading on. */
const UPDATE = 0
const CHECKPOINT = 1
/** Bodies are bounded where they come in; this only has to be above. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024

export function encodeWaiting(entry: HeldEntry): Uint8Array {
  const { body, device, journal, kind, lamport, own, sequence, supersedes } = entry
  const record = encodeCbor({
    journal: [journal.incarnation, journal.branch ?? null],
    device,
    sequence,
    lamport,
    body,
    supersedes,
    own,
  })
  const bytes = new Uint8Array(record.length + 1)
  bytes[0] = kind === 'document.checkpoint' ? CHECKPOINT : UPDATE
  bytes.set(record, 1)
  return bytes
}

export function readWaitingKind(bytes: Uint8Array): 'update' | 'checkpoint' {
  return bytes[0] === CHECKPOINT ? 'checkpoint' : 'update'
}

/** Own records only. */
export function decodeWaiting(bytes: Uint8Array): HeldEntry | undefined {
  const fields = decodeCborMap(bytes.subarray(1), MAX_RECORD_BYTES)
  if (fields === undefined) return undefined
  const [incarnation, branch] = fields.get('journal') as readonly [string, string | null]
  const device = fields.get('device') as HeldEntry['device']
  return {
    journal: { device, incarnation, kind: 'data', ...(branch === null ? {} : { branch }) },
    device,
    sequence: fields.get('sequence') as number,
    lamport: fields.get('lamport') as number,
    kind: readWaitingKind(bytes) === 'checkpoint' ? 'document.checkpoint' : 'document.update',
    body: fields.get('body') as Uint8Array,
    // Maps, as all maps are read here.
    supersedes: (fields.get('supersedes') as readonly ReadonlyMap<string, unknown>[]).map((one) => ({
      incarnation: one.get('incarnation') as string,
      ranges: one.get('ranges') as HeldEntry['supersedes'][number]['ranges'],
    })),
    own: fields.get('own') as boolean,
  }
}
