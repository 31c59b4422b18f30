import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../base/cbor.ts'
import type { DeviceId } from '../base/ids.ts'
import { deviceIdOf, publicKeyOf } from '../identity/device-key.ts'
import { MAX_EXCLUDED, MAX_NAME_BYTES, TAG_BYTES } from './constants.ts'

const MAX_RECORD_BYTES = 128 * 1024
/** Far above what ever holds one parcel: each that lost sight of its copy, or came back after a week. */
const MAX_HOLDERS = 64

/** A sealed parcel that waits for its recipient. */
export interface WaitingParcel {
  /** Rises with every parcel. */
  readonly number: number
  readonly to: DeviceId
  readonly name: string
  readonly tag: Uint8Array
  /** Wall time in milliseconds. */
  readonly at: number
  /** Of the sealed box. */
  readonly bytes: number
  /** Devices that are not to hold it. */
  readonly exclude: readonly DeviceId[]
  /** Machines that are known to hold it. */
  readonly holders: readonly DeviceId[]
}

export function encodeParcel({ number: _, ...parcel }: WaitingParcel): Uint8Array {
  return encodeCbor({
    ...parcel,
    to: publicKeyOf(parcel.to),
    exclude: parcel.exclude.map(publicKeyOf),
    holders: parcel.holders.slice(-MAX_HOLDERS).map(publicKeyOf),
  })
}

/** `undefined` for a record that is damaged. */
export function decodeParcel(number: number, record: Uint8Array): WaitingParcel | undefined {
  const fields = decodeCborMap(record, MAX_RECORD_BYTES)
  const to = readBytes(fields?.get('to'), 32)
  const name = readText(fields?.get('name'), MAX_NAME_BYTES)
  const tag = readBytes(fields?.get('tag'), TAG_BYTES)
  const at = readWhole(fields?.get('at'), 0, Number.MAX_SAFE_INTEGER)
  const bytes = readWhole(fields?.get('bytes'), 0, Number.MAX_SAFE_INTEGER)
  const exclude = readDevices(fields?.get('exclude'), MAX_EXCLUDED)
  const holders = readDevices(fields?.get('holders'), MAX_HOLDERS)
  if (to === undefined || name === undefined || tag === undefined || at === undefined) return undefined
  if (bytes === undefined || exclude === undefined || holders === undefined) return undefined
  return { number, to: deviceIdOf(to), name, tag, at, bytes, exclude, holders }
}

function readDevices(value: unknown, most: number): readonly DeviceId[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined
  const keys = value.map((key) => readBytes(key, 32)).filter((key) => key !== undefined)
  return keys.length === value.length ? keys.map(deviceIdOf) : undefined
}
