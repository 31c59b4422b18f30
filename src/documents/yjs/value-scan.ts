import { MAX_VALUE_DEPTH } from '../constants.ts'
import type { ByteReader } from './byte-reader.ts'
import { MalformedUpdateError } from './byte-reader.ts'

/**
 * Passes over one value in lib0's `any` encoding. Yjs reads it recursively and takes every name as a property:
 * so depth is bounded, and `__proto__` is nobody's honest name.
 */
export function skipAny(reader: ByteReader, depth = 0): void {
  if (depth > MAX_VALUE_DEPTH) throw new MalformedUpdateError('values are nested too deeply')
  const type = reader.uint8()
  switch (type) {
    case 127: // undefined
    case 126: // null
    case 121: // false
    case 120: // true
      return
    case 125:
      skipVarInt(reader)
      return
    case 124:
      reader.take(4)
      return
    case 123:
    case 122:
      reader.take(8)
      return
    case 119:
      reader.varString()
      return
    case 118: {
      const count = reader.count(2, Number.MAX_SAFE_INTEGER)
      for (let i = 0; i < count; i++) {
        checkName(reader.varString())
        skipAny(reader, depth + 1)
      }
      return
    }
    case 117: {
      const count = reader.count(1, Number.MAX_SAFE_INTEGER)
      for (let i = 0; i < count; i++) skipAny(reader, depth + 1)
      return
    }
    case 116:
      reader.varBytes()
      return
    default:
      throw new MalformedUpdateError('a value has an unknown type')
  }
}

/** lib0's signed numbers: 6 bits in the first byte, 7 in the others, at most 53 in all. */
function skipVarInt(reader: ByteReader): void {
  let byte = reader.uint8()
  let value = byte & 0x3f
  let factor = 64
  for (let i = 0; byte >= 0x80; i++) {
    if (i === 8) throw new MalformedUpdateError('a number is too large')
    byte = reader.uint8()
    value += (byte & 0x7f) * factor
    factor *= 128
  }
  if (value > Number.MAX_SAFE_INTEGER) throw new MalformedUpdateError('a number is too large')
}

/** A name of a property, attribute, format or element. */
export function checkName(name: string): void {
  if (name === '__proto__') throw new MalformedUpdateError('a name is not allowed')
}

/** Checks that JSON parses, is not nested too deeply, and names nothing that it may not. */
export function checkJson(text: string): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_VALUE_DEPTH) throw new MalformedUpdateError('values are nested too deeply')
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  try {
    JSON.parse(text, (name, value: unknown) => {
      checkName(name)
      return value
    })
  } catch {
    throw new MalformedUpdateError('a value is not JSON')
  }
}
