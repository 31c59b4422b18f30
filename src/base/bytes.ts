/** Byte strings: comparing, joining, and the three spellings that are used (hex, base64url, UTF-8). */

const textEncoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true })

export const EMPTY_BYTES: Uint8Array = new Uint8Array(0)

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Lexicographic, as LevelDB orders keys: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function toHex(bytes: Uint8Array): string {
  return viewOf(bytes).toString('hex')
}

/** @throws RangeError where the text is not an even number of hex digits */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RangeError('not hexadecimal')
  return new Uint8Array(Buffer.from(text, 'hex'))
}

export function toBase64url(bytes: Uint8Array): string {
  return viewOf(bytes).toString('base64url')
}

/** @throws RangeError where the text has a character outside the alphabet */
export function fromBase64url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError('not base64url')
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

export function utf8(text: string): Uint8Array {
  return textEncoder.encode(text)
}

/** @throws TypeError where the bytes are not UTF-8 */
export function fromUtf8(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes)
}

/** A copy that owns its memory: for views into a larger buffer that would otherwise be kept alive. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
