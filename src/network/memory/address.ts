import { InvalidInputError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { parseDeviceId } from '../../base/ids.ts'

const ADDRESS = /^\/[\x21-\x7e]{1,400}\/p2p\/(?<device>[A-Za-z0-9]{1,64})$/
const HOST = /^\/memory\/(?<host>[A-Za-z0-9._-]{1,64})\/p2p\//

export interface MemoryAddress {
  readonly text: string
  /** Absent in addresses of other kinds, which nobody here can be reached at. */
  readonly host: string | undefined
  readonly device: DeviceId
}

/** `/memory/HOST/p2p/DEVICE`: a place and who is expected there. */
export function formatAddress(host: string, device: DeviceId): string {
  return `/memory/${host}/p2p/${device}`
}

/** @throws InvalidInputError */
export function parseAddress(text: string): MemoryAddress {
  const device = ADDRESS.exec(text)?.groups?.['device']
  if (device === undefined) {
    throw new InvalidInputError(`"${text.slice(0, 200)}" is not an address that ends in a device id`)
  }
  return { text, host: HOST.exec(text)?.groups?.['host'], device: parseDeviceId(device) }
}
