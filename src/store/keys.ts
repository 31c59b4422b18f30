/** Building blocks of record keys: fixed-width numbers, so that bytewise order is numeric order. */

/** Big-endian, 4 bytes. */
export function uint32Key(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** Big-endian, 8 bytes; whole numbers up to 2^53. */
export function uint64Key(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Math.floor(value / 2 ** 32))
  view.setUint32(4, value >>> 0)
  return bytes
}

/** The number at `offset` of a key made by `uint64Key`. */
export function readUint64Key(key: Uint8Array, offset: number): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4)
}

/** The range of all keys that begin with `prefix`. The prefix must not be all 0xff. */
export function prefixRange(prefix: Uint8Array): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  const lt = new Uint8Array(prefix)
  let last = lt.length - 1
  while (last >= 0 && lt[last] === 0xff) last--
  if (last < 0) throw new RangeError('a prefix needs a byte below 0xff')
  lt[last] = (lt[last] ?? 0) + 1
  return { gte: prefix, lt: lt.subarray(0, last + 1) }
}
