/** Bytes that are not what they should be: a reason to void an entry, never to stop. */
export class MalformedUpdateError extends Error {}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text as lib0 reads it: a byte order mark is a character. @throws MalformedUpdateError where it is not UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new MalformedUpdateError('a text is not UTF-8')
  }
}

/** Reads lib0's encodings, at least as strictly as lib0 itself does: what passes here decodes there to the same values. */
export class ByteReader {
  readonly bytes: Uint8Array
  position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get left(): number {
    return this.bytes.length - this.position
  }

  uint8(): number {
    const value = this.bytes[this.position++]
    if (value === undefined) throw new MalformedUpdateError('it ends too early')
    return value
  }

  /** Up to 2^53 - 1. */
  varUint(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.uint8()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break
        return value
      }
      factor *= 128
    }
    throw new MalformedUpdateError('a number is too large')
  }

  /** How many of something follow that take at least `least` bytes each: no more than there can be. */
  count(least: number, most: number): number {
    const count = this.varUint()
    if (count > most || count * least > this.left) throw new MalformedUpdateError('it claims more than there is')
    return count
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new MalformedUpdateError('it ends too early')
    const taken = this.bytes.subarray(this.position, this.position + length)
    this.position += length
    return taken
  }

  varBytes(): Uint8Array {
    return this.take(this.varUint())
  }

  varString(): string {
    return decodeText(this.varBytes())
  }

  /** @throws MalformedUpdateError where something is left */
  end(): void {
    if (this.left > 0) throw new MalformedUpdateError('something follows its end')
  }
}
