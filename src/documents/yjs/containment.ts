import { bytesEqual } from '../../base/bytes.ts'
import { covers } from './delete-sets.ts'
import { structsFrom } from './normal-form.ts'
import { sliceStruct } from './slice-struct.ts'
import type { Struct, Update } from './struct.ts'
import { Content, sameId } from './struct.ts'

/**
 * Whether all that a part says is in the whole, where it may have lost its content (deleted by its author) or its
 * place (inside something that the author deleted).
 */
export function isContained(part: Update, whole: Update): boolean {
  if (!covers(whole.deletes, part.deletes)) return false
  const blocks = new Map(whole.blocks.map((block) => [block.client, block]))
  return part.blocks.every((block) => {
    const other = blocks.get(block.client)
    if (other === undefined || other.clock > block.clock || other.end < block.end) return false
    return agree(block.structs, structsFrom(other.structs, block.clock))
  })
}

/** Walks both from the same clock on, as far as the first goes, by pieces that lie within one struct of each. */
function agree(structs: readonly Struct[], others: readonly Struct[]): boolean {
  let index = 0
  for (const struct of structs) {
    let at = 0
    while (at < struct.length) {
      const other = others[index]
      if (other === undefined) return false
      const offset = struct.clock + at - other.clock
      const length = Math.min(struct.length - at, other.length - offset)
      if (!samePiece(sliceStruct(struct, at, at + length), sliceStruct(other, offset, offset + length))) return false
      at += length
      if (offset + length === other.length) index++
    }
  }
  return true
}

function samePiece(struct: Struct, other: Struct): boolean {
  if (other.content === Content.gc) return true
  if (!sameId(struct.origin, other.origin) || !sameId(struct.rightOrigin, other.rightOrigin)) return false
  if (!sameParent(struct.parent, other.parent) || struct.key !== other.key) return false
  if (other.content === Content.deleted) return true
  return struct.content === other.content && bytesEqual(struct.payload, other.payload)
}

function sameParent(a: Struct['parent'], b: Struct['parent']): boolean {
  if (typeof a === 'object' && typeof b === 'object') return sameId(a, b)
  return a === b
}
