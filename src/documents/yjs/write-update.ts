import { concatBytes } from '../../base/bytes.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Block, DeleteSet, Id, Struct, Update } from './struct.ts'
import { Content } from './struct.ts'

/** One byte: no clients. As structs and as deletions it says nothing. */
export const NOTHING_WRITTEN: Uint8Array = Uint8Array.of(0)

export function writeStructs(blocks: readonly Block[]): Uint8Array {
  if (blocks.length === 0) return NOTHING_WRITTEN
  const writer = new ByteWriter(256)
  writer.varUint(blocks.length)
  for (const { client, clock, structs } of blocks) {
    writer.varUint(structs.length)
    writer.varUint(client)
    writer.varUint(clock)
    for (const struct of structs) writeStruct(writer, struct)
  }
  return writer.finish()
}

function writeStruct(writer: ByteWriter, struct: Struct): void {
  const { content, key, length, origin, parent, payload, rightOrigin } = struct
  if (content === Content.gc) {
    writer.uint8(content)
    writer.varUint(length)
    return
  }
  const flags =
    (origin === undefined ? 0 : 0x80) | (rightOrigin === undefined ? 0 : 0x40) | (key === undefined ? 0 : 0x20)
  writer.uint8(content | flags)
  if (origin !== undefined) writeId(writer, origin)
  if (rightOrigin !== undefined) writeId(writer, rightOrigin)
  if (origin === undefined && rightOrigin === undefined) {
    if (typeof parent === 'string') {
      writer.varUint(1)
      writer.varString(parent)
    } else if (parent !== undefined) {
      writer.varUint(0)
      writeId(writer, parent)
    }
    if (key !== undefined) writer.varString(key)
  }
  if (content === Content.string) writer.varUint(payload.length)
  writer.raw(payload)
}

function writeId(writer: ByteWriter, { client, clock }: Id): void {
  writer.varUint(client)
  writer.varUint(clock)
}

/** The higher clients first, as Yjs does: one set has one spelling. */
export function writeDeletes(deletes: DeleteSet): Uint8Array {
  if (deletes.size === 0) return NOTHING_WRITTEN
  const writer = new ByteWriter(64)
  writer.varUint(deletes.size)
  for (const [client, ranges] of [...deletes].sort(([a], [b]) => b - a)) {
    writer.varUint(client)
    writer.varUint(ranges.length)
    for (const [from, to] of ranges) {
      writer.varUint(from)
      writer.varUint(to - from)
    }
  }
  return writer.finish()
}

/** A whole Yjs v1 update. */
export function writeUpdate({ blocks, deletes }: Update): Uint8Array {
  return concatBytes(writeStructs(blocks), writeDeletes(deletes))
}
