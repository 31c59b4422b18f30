import { ContentDamagedError } from '../errors.ts'
import type { Content } from './content.ts'
import { decodePage } from './content.ts'
import type { ChunkAddress, Part } from './parts.ts'

/** A chunk and where in the file it begins. */
export interface PlacedChunk extends Part {
  readonly offset: number
}

/** Bytes of a file, `from` included, `to` excluded. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** Finds a page, from this disk or another machine, its address checked. */
export type LoadPage = (address: ChunkAddress) => Promise<Uint8Array>

/**
 * The chunks that hold a range of the file, in order. Only the pages on the way are loaded, each level's one at a time.
 * @throws ContentDamagedError where a page does not say what the file's entry promises
 */
export async function* chunksBetween(
  content: Content,
  load: LoadPage,
  range: ByteRange = { from: 0, to: content.size },
): AsyncGenerator<PlacedChunk, undefined> {
  yield* descend(content, 0, load, range)
}

async function* descend(
  { level, parts }: Pick<Content, 'level' | 'parts'>,
  start: number,
  load: LoadPage,
  range: ByteRange,
): AsyncGenerator<PlacedChunk, undefined> {
  let offset = start
  for (const part of parts) {
    if (offset >= range.to) return
    if (offset + part.size > range.from) {
      if (level === 0) yield { ...part, offset }
      else {
        const listed = decodePage(await load(part.address), { level, size: part.size })
        if (listed === undefined) throw new ContentDamagedError(part.address)
        yield* descend({ level: level - 1, parts: listed }, offset, load, range)
      }
    }
    offset += part.size
  }
}

/** Every address that has to be kept for the file to open: its chunks, and before those the pages that list them. */
export async function* addressesOf(
  content: Pick<Content, 'level' | 'parts'>,
  load: LoadPage,
): AsyncGenerator<ChunkAddress, undefined> {
  for (const part of content.parts) {
    yield part.address
    if (content.level === 0) continue
    const listed = decodePage(await load(part.address), { level: content.level, size: part.size })
    if (listed === undefined) throw new ContentDamagedError(part.address)
    yield* addressesOf({ level: content.level - 1, parts: listed }, load)
  }
}
