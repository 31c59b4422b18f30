import { concatBytes, ownBytes, utf8 } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../../base/cbor.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { DeviceKey, Verify } from '../../identity/device-key.ts'
import { deviceIdOf } from '../../identity/device-key.ts'
import { MAX_ADDRESS_CHARACTERS, MAX_ADDRESSES } from './constants.ts'
import type { PeerAddress } from './peer-address.ts'
import { readPeerAddress } from './peer-address.ts'

/**
 * Where a device says that it can be reached. Signed by the device, so that others can pass it on and nobody can lead
 * its friends astray; of two the one with the higher sequence holds, so that stale addresses lose.
 */
export interface AddressRecord {
  readonly device: DeviceId
  readonly sequence: number
  readonly addresses: readonly PeerAddress[]
  /** What it does for others. */
  readonly serves: readonly Service[]
  /** As it came, for passing on. */
  readonly bytes: Uint8Array
}

/** `stun`: answers STUN over UDP at the hosts and ports of its addresses. */
export type Service = 'relay' | 'stun'

const SERVICES: readonly Service[] = ['relay', 'stun']

export const MAX_RECORD_BYTES = 512 + MAX_ADDRESSES * (MAX_ADDRESS_CHARACTERS + 8)
/** Room for services that later versions have. */
const MAX_SERVICES = 8
const DOMAIN = utf8('murmuration addresses 1\0')

interface Statement {
  readonly key: Uint8Array
  readonly sequence: number
  readonly addresses: readonly string[]
  /** Only where there is any. */
  readonly serves?: readonly string[]
}

export function makeRecord(
  key: DeviceKey,
  sequence: number,
  addresses: readonly PeerAddress[],
  serves: readonly Service[] = [],
): AddressRecord {
  const told = addresses.slice(0, MAX_ADDRESSES)
  const statement: Statement = {
    key: key.publicKey,
    sequence,
    addresses: told.map(({ text }) => text),
    ...(serves.length === 0 ? {} : { serves }),
  }
  const bytes = ownBytes(encodeCbor({ ...statement, signature: key.sign(signedBytes(statement)) }))
  return { device: key.device, sequence, addresses: told, serves, bytes }
}

/**
 * `undefined` for anything that is not a record with a good signature, and for what `isWanted` does not want: that is
 * asked first, as the signature costs far more than the rest.
 */
export function readRecord(
  bytes: Uint8Array,
  verify: Verify,
  isWanted: (device: DeviceId, sequence: number) => boolean = () => true,
): AddressRecord | undefined {
  const fields = decodeCborMap(bytes, MAX_RECORD_BYTES)
  const key = readBytes(fields?.get('key'), 32)
  const signature = readBytes(fields?.get('signature'), 64)
  const sequence = readWhole(fields?.get('sequence'), 0, Number.MAX_SAFE_INTEGER - 1)
  const texts = readTexts(fields?.get('addresses'), MAX_ADDRESSES)
  const said = fields?.get('serves') === undefined ? [] : readTexts(fields.get('serves'), MAX_SERVICES)
  if (key === undefined || signature === undefined || sequence === undefined) return undefined
  if (texts === undefined || said === undefined) return undefined
  const device = deviceIdOf(key)
  if (!isWanted(device, sequence)) return undefined
  const statement: Statement = { key, sequence, addresses: texts, ...(said.length === 0 ? {} : { serves: said }) }
  if (!verify(key, signedBytes(statement), signature)) return undefined
  const addresses = texts.flatMap((text) => {
    const address = readPeerAddress(text)
    return address?.device === device ? [address] : []
  })
  return { device, sequence, addresses, serves: SERVICES.filter((name) => said.includes(name)), bytes: ownBytes(bytes) }
}

function readTexts(value: unknown, most: number): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined
  const texts = value.map((item) => readText(item, MAX_ADDRESS_CHARACTERS))
  return texts.every((text) => text !== undefined) ? texts : undefined
}

function signedBytes(statement: Statement): Uint8Array {
  return concatBytes(DOMAIN, encodeCbor(statement))
}
