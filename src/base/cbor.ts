import { decode, encode, rfc8949EncodeOptions } from 'cborg'

import { bytesEqual } from './bytes.ts'
import { decodeUsualCbor, UNUSUAL } from './usual-cbor.ts'

/** Fields of one map; more are nobody's honest body. */
const MAX_FIELDS = 64

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
} as const

const DETERMINISTIC = { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true } as const

/** Fields of a body by name. A Map, so that names such as `__proto__` are only names. */
export type CborFields = ReadonlyMap<string, unknown>

/** Deterministic CBOR (RFC 8949, 4.2.1); properties that are `undefined` are left out. */
export function encodeCbor(value: unknown): Uint8Array {
  return encode(value, DETERMINISTIC)
}

/**
 * The fields of a map with text keys in deterministic order, or `undefined` for anything else: never throws.
 * Nothing is decoded that is longer than `maxBytes`, and decoding takes memory in proportion to what is there, not
 * to the lengths that are claimed. Values are not checked: `text`, `whole` and the other readers below do that.
 */
export function decodeCborMap(bytes: Uint8Array, maxBytes: number): CborFields | undefined {
  if (bytes.length > maxBytes) return undefined
  let value: unknown
  try {
    value = decodeStrict(bytes)
  } catch {
    // Not CBOR, or nested so deeply that the stack ends: void in either case.
    return undefined
  }
  if (!(value instanceof Map) || value.size > MAX_FIELDS) return undefined
  let last = ''
  for (const key of value.keys()) {
    if (typeof key !== 'string' || !ascends(last, key)) return undefined
    last = key
  }
  return value as CborFields
}

function decodeStrict(bytes: Uint8Array): unknown {
  const usual = decodeUsualCbor(bytes)
  return usual === UNUSUAL ? decode(bytes, STRICT) : usual
}

/** The items of a list, or `undefined` for anything else: never throws. Items are not checked. */
export function decodeCborList(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const value = decodeStrict(bytes)
    return Array.isArray(value) ? value : undefined
  } catch {
    // Not CBOR, or nested so deeply that the stack ends.
    return undefined
  }
}

/** The order of RFC 8949 for short text keys: shorter first, then by code. */
function ascends(last: string, key: string): boolean {
  if (key.length !== last.length) return key.length > last.length
  return key > last
}

/** A whole number within bounds, or `undefined`. */
export function readWhole(value: unknown, least: number, most: number): number | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) return undefined
  return value
}

/** Exactly `length` bytes, or `undefined`. */
export function readBytes(value: unknown, length: number): Uint8Array | undefined {
  return value instanceof Uint8Array && value.length === length ? value : undefined
}

/** At most `maxBytes` of well-formed text, or `undefined`. */
export function readText(value: unknown, maxBytes: number): string | undefined {
  if (typeof value !== 'string' || value.length > maxBytes) return undefined
  // The third of the bound is a cheap yes: a UTF-16 unit is at most three bytes of UTF-8.
  if (value.length * 3 > maxBytes && Buffer.byteLength(value) > maxBytes) return undefined
  return value
}

/**
 * Whether `bytes` are the one deterministic encoding of `value`. The library puts U+FFFD where text is not UTF-8:
 * so text that shows one is to be believed only where this holds.
 */
export function isCborOf(bytes: Uint8Array, value: unknown): boolean {
  return bytesEqual(bytes, encodeCbor(value))
}
