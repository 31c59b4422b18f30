import { createHash } from 'node:crypto'

import { MAX_INLINE_PARTS, MAX_PAGE_LEVEL, MAX_PAGE_PARTS } from '../constants.ts'
import { FileTooLargeError } from '../errors.ts'
import type { ChunkSizes } from './chunker.ts'
import { Chunker } from './chunker.ts'
import type { Content } from './content.ts'
import { encodePage } from './content.ts'
import type { ChunkAddress, Part } from './parts.ts'
import { addressOf } from './parts.ts'

/** Keeps a chunk or a page; the next one is made once it resolves, so memory stays bounded however slow the disk is. */
export type KeepChunk = (address: ChunkAddress, bytes: Uint8Array) => Promise<void>

/**
 * Reads a file's bytes to their end, hands every chunk and page to `keep`, and resolves to what the file's entry says.
 * Holds one chunk and one page for each level at a time.
 * @throws FileTooLargeError, and whatever the source or `keep` throws
 */
export async function splitContent(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  keep: KeepChunk,
  sizes?: ChunkSizes,
): Promise<Content> {
  const chunker = new Chunker(sizes)
  const list = new PartList(keep)
  const whole = createHash('sha256')
  const add = async (chunk: Uint8Array): Promise<void> => {
    const address = addressOf(chunk)
    await keep(address, chunk)
    await list.add({ address, size: chunk.length })
  }
  for await (const bytes of source) {
    whole.update(bytes)
    for (const chunk of chunker.push(bytes)) await add(chunk)
  }
  const last = chunker.end()
  if (last !== undefined) await add(last)
  return { ...(await list.end()), hash: whole.digest('hex') }
}

/** Parts of one level, which become full pages of the next as soon as there are too many for the entry itself. */
class PartList {
  readonly #keep: KeepChunk
  readonly #levels: Part[][] = [[]]
  #size = 0

  constructor(keep: KeepChunk) {
    this.#keep = keep
  }

  async add(part: Part): Promise<void> {
    this.#size += part.size
    await this.#addAt(0, part)
  }

  async #addAt(level: number, part: Part): Promise<void> {
    const parts = (this.#levels[level] ??= [])
    if (parts.length === MAX_PAGE_PARTS) await this.#turnPage(level)
    parts.push(part)
  }

  async #turnPage(level: number): Promise<void> {
    if (level === MAX_PAGE_LEVEL) throw new FileTooLargeError()
    const parts = this.#levels[level] ?? []
    const page = encodePage(parts)
    const address = addressOf(page)
    await this.#keep(address, page)
    const size = parts.reduce((sum, part) => sum + part.size, 0)
    parts.length = 0
    await this.#addAt(level + 1, { address, size })
  }

  async end(): Promise<Omit<Content, 'hash'>> {
    for (let level = 0; ; level++) {
      const parts = this.#levels[level] ?? []
      const isTop = level === this.#levels.length - 1
      if (isTop && parts.length <= MAX_INLINE_PARTS) return { size: this.#size, level, parts }
      await this.#turnPage(level)
    }
  }
}
