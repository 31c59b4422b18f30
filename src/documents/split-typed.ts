import { MAX_DELETE_RANGES, MAX_UPDATE_SESSIONS, MAX_UPDATE_STRUCTS } from './constants.ts'
import { sliceStruct } from './yjs/slice-struct.ts'
import type { Block, Struct, Update } from './yjs/struct.ts'
import { blockOf, Content, NO_DELETES } from './yjs/struct.ts'

/** Comfortably below what an update may have, envelope included. */
const MAX_PART_BYTES = 2 * 1024 * 1024
/** UTF-16 units of a text in one part: at most three bytes each. */
const MAX_TEXT_LENGTH = 512 * 1024

/** What one entry can't say, as several that are written together: structs in order, deletions last. */
export function splitTyped(runs: readonly Block[], { deletes }: Update): readonly Update[] {
  const parts: Update[] = []
  let blocks: Block[] = []
  let structs = 0
  let bytes = 0
  const flush = (): void => {
    if (blocks.length > 0) parts.push({ blocks, deletes: NO_DELETES })
    blocks = []
    structs = 0
    bytes = 0
  }
  for (const run of runs) {
    let piece: Struct[] = []
    const end = (): void => {
      const block = blockOf(piece)
      // One client has one block in an update, and an update names a few sessions only.
      const isFull = blocks.length >= MAX_UPDATE_SESSIONS
      if (block !== undefined && (isFull || blocks.some(({ client }) => client === block.client))) flush()
      if (block !== undefined) blocks.push(block)
      piece = []
    }
    for (const struct of run.structs.flatMap(cutText)) {
      if (structs >= MAX_UPDATE_STRUCTS || bytes + struct.payload.length > MAX_PART_BYTES) {
        end()
        flush()
      }
      piece.push(struct)
      structs++
      bytes += struct.payload.length + 64
    }
    end()
  }
  const ranges = [...deletes.values()].reduce((sum, list) => sum + list.length, 0)
  if (ranges > MAX_DELETE_RANGES) throw new RangeError('more deletions than were read')
  if (deletes.size === 0) flush()
  else parts.push({ blocks, deletes })
  return parts
}

function cutText(struct: Struct): readonly Struct[] {
  if (struct.content !== Content.string || struct.length <= MAX_TEXT_LENGTH) return [struct]
  const pieces: Struct[] = []
  for (let at = 0; at < struct.length;) {
    const end = Math.min(struct.length, at + MAX_TEXT_LENGTH)
    const piece = sliceStruct(struct, at, end)
    // A cut through a pair of surrogates would spoil it: one unit further it doesn't.
    const whole = isSpoilt(struct, piece, at, end) ? sliceStruct(struct, at, end + 1) : piece
    pieces.push(whole)
    at += whole.length
  }
  return pieces
}

/** Whether taking one unit more gives as many bytes as a whole pair has. */
function isSpoilt(struct: Struct, piece: Struct, at: number, end: number): boolean {
  if (end >= struct.length) return false
  const longer = sliceStruct(struct, at, end + 1)
  // U+FFFD has three bytes where the pair has four.
  return longer.payload.length === piece.payload.length + 1
}
