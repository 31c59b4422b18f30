import { isIPv4, isIPv6 } from 'node:net'

/** RFC 5389: the binding request and its answer, which is all that hole punching needs of STUN. */
const HEADER_BYTES = 20
const BINDING_REQUEST = 0x0001
const BINDING_RESPONSE = 0x0101
const XOR_MAPPED_ADDRESS = 0x0020
const MAGIC_COOKIE = 0x2112a442

/** The transaction of a binding request; `undefined` for anything else. */
export function readBindingRequest(message: Uint8Array): Uint8Array | undefined {
  if (message.length < HEADER_BYTES) return undefined
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  if (view.getUint16(0) !== BINDING_REQUEST || view.getUint32(4) !== MAGIC_COOKIE) return undefined
  if (view.getUint16(2) !== message.length - HEADER_BYTES) return undefined
  return message.subarray(8, HEADER_BYTES)
}

/** Tells where a request came from. `undefined` where that is no address of IPv4 or IPv6. */
export function bindingResponse(transaction: Uint8Array, host: string, port: number): Uint8Array | undefined {
  const address = bytesOf(host)
  if (address === undefined) return undefined
  const message = new Uint8Array(HEADER_BYTES + 8 + address.length)
  const view = new DataView(message.buffer)
  view.setUint16(0, BINDING_RESPONSE)
  view.setUint16(2, 8 + address.length)
  view.setUint32(4, MAGIC_COOKIE)
  message.set(transaction, 8)
  view.setUint16(20, XOR_MAPPED_ADDRESS)
  view.setUint16(22, 4 + address.length)
  view.setUint8(25, address.length === 4 ? 1 : 2)
  view.setUint16(26, port ^ (MAGIC_COOKIE >>> 16))
  // The address is masked with the cookie and the transaction, which follow each other in the header.
  for (const [at, byte] of address.entries()) message[28 + at] = byte ^ (message[4 + at] ?? 0)
  return message
}

function bytesOf(host: string): readonly number[] | undefined {
  if (isIPv4(host)) return host.split('.').map(Number)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)?.[1]
  if (mapped !== undefined) return mapped.split('.').map(Number)
  if (!isIPv6(host)) return undefined
  const [head = '', tail] = (host.split('%')[0] ?? '').split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const missing = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...missing, ...last].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >>> 8, value & 255]
  })
}
