import { concatBytes, fromBase64url, toBase64url, utf8 } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readWhole } from '../../base/cbor.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import { deviceIdOf, publicKeyOf } from '../../identity/index.ts'
import type { RecordStore } from '../../store/index.ts'
import { prefixRange } from '../../store/index.ts'

const PREFIX = utf8('sp')
const MAX_RECORD_BYTES = 4096
/** Of one space: more add nothing. */
const MAX_INTRODUCERS = 16

/** A private space that this machine keeps. */
export interface SpaceRecord {
  readonly space: SpaceId
  /** Names its records in the store. */
  readonly number: number
  /** Who told of it. */
  readonly introducers: readonly DeviceId[]
}

export async function loadSpaces(store: RecordStore): Promise<readonly SpaceRecord[]> {
  const records: SpaceRecord[] = []
  for await (const [key, value] of store.entries(prefixRange(PREFIX))) {
    const fields = decodeCborMap(value, MAX_RECORD_BYTES)
    const number = readWhole(fields?.get('number'), 1, 0xffff_ffff)
    const introducers: unknown = fields?.get('introducers')
    if (number === undefined || !Array.isArray(introducers)) continue
    records.push({
      space: parseSpaceId(toBase64url(key.subarray(PREFIX.length))),
      number,
      introducers: introducers.flatMap((bytes) => (bytes instanceof Uint8Array ? [deviceIdOf(bytes)] : [])),
    })
  }
  return records.sort((a, b) => a.number - b.number)
}

export async function saveSpace(store: RecordStore, { introducers, number, space }: SpaceRecord): Promise<void> {
  const kept = introducers.slice(0, MAX_INTRODUCERS).map((device) => publicKeyOf(device))
  const value = encodeCbor({ number, introducers: kept })
  await store.write([{ type: 'put', key: concatBytes(PREFIX, fromBase64url(space)), value }], { durable: true })
}
