import { concatBytes, fromBase64url, toBase64url, utf8 } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import type { HybridTime } from './hybrid-clock.ts'

export const ID_BYTES = 16
export const HYBRID_BYTES = 12
/** A hybrid time and an id: the order of everything in messaging, bytewise. */
export const ORDER_BYTES = HYBRID_BYTES + ID_BYTES

/** Where a message stands. Edits and reactions name their message by it, so they find it without any look-up. */
export interface Place {
  readonly channel: ChannelId
  readonly clock: HybridTime
  readonly id: MessageId
}

/**
 * The id of what a body makes: nobody can make another thing with the same id, not even the same device,
 * and a body that is written anew in a later incarnation keeps its own.
 */
export function idBytesOf(device: DeviceId, body: Uint8Array): Uint8Array {
  const name = deviceBytes(device)
  const length = name.length + body.length
  // Memory from the pool: this runs for every entry that is caught up, and costs less than the hash that way.
  const hashed = Buffer.allocUnsafe(length)
  hashed.set(name)
  hashed.set(body, name.length)
  return sha256(hashed).subarray(0, ID_BYTES)
}

/** Big-endian, so that bytewise order is the order of time. */
export function orderKey(clock: HybridTime, id: Uint8Array): Uint8Array {
  const key = new Uint8Array(ORDER_BYTES)
  writeUint48(key, 0, clock.time)
  writeUint48(key, 6, clock.count)
  key.set(id, HYBRID_BYTES)
  return key
}

export function readOrderKey(key: Uint8Array, offset = 0): HybridTime {
  return { time: readUint48(key, offset), count: readUint48(key, offset + 6) }
}

export function placeFromBytes(bytes: Uint8Array): Place {
  return {
    channel: toBase64url(bytes.subarray(0, ID_BYTES)) as ChannelId,
    clock: readOrderKey(bytes, ID_BYTES),
    id: toBase64url(bytes.subarray(ID_BYTES + HYBRID_BYTES)) as MessageId,
  }
}

export function placeBytes(place: Place): Uint8Array {
  return concatBytes(fromBase64url(place.channel), orderKey(place.clock, fromBase64url(place.id)))
}

const knownDevices = new Map<DeviceId, Uint8Array>()
const MAX_KNOWN_DEVICES = 4096

/** A device id as ASCII; kept, because nearly all entries are of few devices. */
function deviceBytes(device: DeviceId): Uint8Array {
  const known = knownDevices.get(device)
  if (known !== undefined) return known
  if (knownDevices.size >= MAX_KNOWN_DEVICES) knownDevices.clear()
  const bytes = utf8(device)
  knownDevices.set(device, bytes)
  return bytes
}

function writeUint48(bytes: Uint8Array, offset: number, value: number): void {
  const high = Math.floor(value / 2 ** 32)
  bytes[offset] = high >>> 8
  bytes[offset + 1] = high
  bytes[offset + 2] = value >>> 24
  bytes[offset + 3] = value >>> 16
  bytes[offset + 4] = value >>> 8
  bytes[offset + 5] = value
}

function readUint48(bytes: Uint8Array, offset: number): number {
  let value = 0
  for (let i = offset; i < offset + 6; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}
