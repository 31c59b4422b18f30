import { utf8 } from '../../base/bytes.ts'
import { ByteReader, decodeText } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { gcStruct } from './read-update.ts'
import type { Struct } from './struct.ts'
import { Content } from './struct.ts'
import { skipAny } from './value-scan.ts'

/** The part of a struct from one of its clocks (as an offset) to another: what Yjs gets when it splits an item there. */
export function sliceStruct(struct: Struct, from: number, to: number): Struct {
  if (from === 0 && to === struct.length) return struct
  const { client, clock } = struct
  if (struct.content === Content.gc) return gcStruct(client, clock + from, to - from)
  return {
    ...struct,
    ...(from === 0 ? {} : { origin: { client, clock: clock + from - 1 }, parent: undefined, key: undefined }),
    clock: clock + from,
    length: to - from,
    payload: slicePayload(struct, from, to),
  }
}

function slicePayload(struct: Struct, from: number, to: number): Uint8Array {
  switch (struct.content) {
    case Content.deleted:
      return lengthPayload(to - from)
    case Content.string:
      return utf8(sliceText(decodeText(struct.payload), from, to))
    case Content.any:
      return sliceValues(struct.payload, from, to, skipAny)
    case Content.json:
      return sliceValues(struct.payload, from, to, (reader) => void reader.varString())
    default:
      throw new RangeError('this content covers one clock only')
  }
}

/** Yjs puts U+FFFD on both sides of a cut through a surrogate pair (yjs issue 248). */
function sliceText(text: string, from: number, to: number): string {
  const middle = text.slice(from, to)
  const head = isPairAt(text, from) ? `�${middle.slice(1)}` : middle
  return isPairAt(text, to) ? `${head.slice(0, -1)}�` : head
}

/** Whether a surrogate pair lies across `index`. */
function isPairAt(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false
  const before = text.charCodeAt(index - 1)
  return before >= 0xd800 && before <= 0xdbff
}

function sliceValues(payload: Uint8Array, from: number, to: number, skip: (reader: ByteReader) => void): Uint8Array {
  const reader = new ByteReader(payload)
  reader.varUint()
  for (let i = 0; i < from; i++) skip(reader)
  const start = reader.position
  for (let i = from; i < to; i++) skip(reader)
  const writer = new ByteWriter(reader.position - start + 4)
  writer.varUint(to - from)
  writer.raw(payload.subarray(start, reader.position))
  return writer.finish()
}

export function lengthPayload(length: number): Uint8Array {
  const writer = new ByteWriter(8)
  writer.varUint(length)
  return writer.finish()
}

/** The same place in the list, without what stood there. */
export function withoutContent(struct: Struct): Struct {
  if (struct.content === Content.gc || struct.content === Content.deleted) return struct
  return { ...struct, content: Content.deleted, payload: lengthPayload(struct.length) }
}
