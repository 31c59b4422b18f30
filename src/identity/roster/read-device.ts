import { readBytes } from '../../base/cbor.ts'
import type { DeviceId } from '../../base/ids.ts'
import { deviceIdOf } from '../device-key.ts'

/** The device of a public key of 32 bytes, or `undefined`. */
export function readDevice(value: unknown): DeviceId | undefined {
  const key = readBytes(value, 32)
  if (key === undefined) return undefined
  try {
    return deviceIdOf(key)
  } catch {
    // A key whose id has not the usual spelling: nobody's.
    return undefined
  }
}
