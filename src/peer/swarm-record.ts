import { decodeCborMap, encodeCbor, readBytes, readText } from '../base/cbor.ts'
import { fromBase64url, toBase64url, utf8 } from '../base/bytes.ts'
import type { SpaceId } from '../base/ids.ts'
import { parseSpaceId } from '../base/ids.ts'
import { JournalFormatError } from '../journal/index.ts'
import type { RecordStore } from '../store/index.ts'

/** The swarm that a data folder belongs to. */
export interface SwarmRecord {
  readonly space: SpaceId
  /** 32 bytes that every member knows. */
  readonly secret: Uint8Array
  /** As the invite had it; the membership says it better once it is here. */
  readonly name: string
}

const KEY = utf8('sw')
const MAX_BYTES = 1024

export async function loadSwarm(store: RecordStore): Promise<SwarmRecord | undefined> {
  const value = await store.get(KEY)
  if (value === undefined) return undefined
  const fields = decodeCborMap(value, MAX_BYTES)
  const space = readBytes(fields?.get('space'), 32)
  const secret = readBytes(fields?.get('secret'), 32)
  const name = readText(fields?.get('name'), 512)
  if (space === undefined || secret === undefined || name === undefined) {
    throw new JournalFormatError('this data folder was made by another version of Murmuration: update this one')
  }
  return { space: parseSpaceId(toBase64url(space)), secret, name }
}

export async function saveSwarm(store: RecordStore, record: SwarmRecord): Promise<void> {
  const value = encodeCbor({ space: fromBase64url(record.space), secret: record.secret, name: record.name })
  await store.write([{ type: 'put', key: KEY, value }], { durable: true })
}
