import { concatBytes, toHex } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import { publicKeyOf } from '../device-key.ts'
import { readDevice } from './read-device.ts'

const USUAL = /^\/(ip4|ip6)\/([0-9a-f.:]+)\/tcp\/(\d{1,5})(?:\/p2p\/([1-9A-HJ-NP-Za-km-z]+))?$/
const KEY_BYTES = 32

/**
 * A multiaddr as a link carries it: of the usual form (IP, TCP port, maybe a peer) 6 or 18 bytes of address and port, then
 * nothing, or 1 byte where the peer is the inviter, or the peer's key. Any other stays text.
 */
export function packAddress(address: string, inviter: DeviceId): Uint8Array | string {
  const [, family, host = '', port = '', peer] = USUAL.exec(address) ?? []
  const ip = family === 'ip4' ? packIp4(host) : family === 'ip6' ? packIp6(host) : undefined
  if (ip === undefined) return address
  const end = Uint8Array.of(Number(port) >>> 8, Number(port) & 0xff)
  const key = peer === undefined ? [] : [peer === inviter ? Uint8Array.of(0) : publicKeyOf(peer as DeviceId)]
  const packed = concatBytes(ip, end, ...key)
  return unpackAddress(packed, inviter) === address ? packed : address
}

/** Back from `packAddress`, or `undefined`. */
export function unpackAddress(packed: Uint8Array, inviter: DeviceId): string | undefined {
  const ipBytes = [4, 16].find((length) => [0, 1, KEY_BYTES].includes(packed.length - length - 2))
  if (ipBytes === undefined) return undefined
  const ip = packed.subarray(0, ipBytes)
  const host = ipBytes === 4 ? `/ip4/${ip.join('.')}` : `/ip6/${unpackIp6(ip)}`
  const port = (packed[ipBytes] ?? 0) * 256 + (packed[ipBytes + 1] ?? 0)
  const key = packed.subarray(ipBytes + 2)
  if (key.length === 0) return `${host}/tcp/${port}`
  const peer = key.length === 1 ? inviter : readDevice(key)
  return peer === undefined || (key.length === 1 && key[0] !== 0) ? undefined : `${host}/tcp/${port}/p2p/${peer}`
}

function packIp4(host: string): Uint8Array | undefined {
  const parts = host.split('.')
  return parts.length === 4 ? Uint8Array.from(parts, Number) : undefined
}

function packIp6(host: string): Uint8Array | undefined {
  const [head = '', tail] = host.split('::')
  const groups = (text: string): number[] =>
    text.split(':').flatMap((group) => (group === '' ? [] : [parseInt(group, 16)]))
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const zeros = 8 - first.length - last.length
  if (zeros < 0 || (tail === undefined && zeros > 0)) return undefined
  const all = [...first, ...Array.from({ length: zeros }, () => 0), ...last]
  return Uint8Array.from(all.flatMap((group) => [group >>> 8, group & 0xff]))
}

/** The usual spelling (RFC 5952): short groups, the longest run of zeros left out. */
function unpackIp6(ip: Uint8Array): string {
  const hex = toHex(ip).match(/.{4}/g) ?? []
  return new URL(`http://[${hex.join(':')}]`).hostname.slice(1, -1)
}
