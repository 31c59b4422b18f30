import { MAX_CLOCK } from '../constants.ts'
import { ByteReader, decodeText, MalformedUpdateError } from './byte-reader.ts'
import type { Block, DeleteSet, Id, Range, Struct, Update } from './struct.ts'
import { Content, SharedType } from './struct.ts'
import { checkJson, checkName, skipAny } from './value-scan.ts'

/** Names of roots, keys and elements. */
const MAX_NAME_LENGTH = 1024
const HAS_ORIGIN = 0x80
const HAS_RIGHT_ORIGIN = 0x40
const HAS_KEY = 0x20
const TYPES: ReadonlySet<number> = new Set(Object.values(SharedType))

/**
 * Reads the structs of a Yjs v1 update that nobody has checked: every block of clients, each with a first clock and
 * its structs. Takes time and memory in proportion to the bytes, whatever they claim, and refuses what Yjs would stumble
 * over: unknown contents, sub-documents, gaps within (Skip), empty structs, a client twice.
 * @throws MalformedUpdateError
 */
export function readStructs(bytes: Uint8Array, maxStructs: number): readonly Block[] {
  const reader = new ByteReader(bytes)
  const blocks = readBlocks(reader, maxStructs)
  reader.end()
  return blocks
}

/**
 * Reads a whole v1 update.
 * @throws MalformedUpdateError
 */
export function readUpdate(bytes: Uint8Array, limits: { readonly structs: number; readonly ranges: number }): Update {
  const reader = new ByteReader(bytes)
  const blocks = readBlocks(reader, limits.structs)
  const deletes = readRanges(reader, limits.ranges)
  reader.end()
  return { blocks, deletes }
}

function readBlocks(reader: ByteReader, maxStructs: number): readonly Block[] {
  const blocks: Block[] = []
  const seen = new Set<number>()
  let room = maxStructs
  const count = reader.count(4, maxStructs)
  for (let i = 0; i < count; i++) {
    const structs = reader.count(2, room)
    if (structs === 0) throw new MalformedUpdateError('a client has no structs')
    room -= structs
    const block = readBlock(reader, structs)
    if (seen.has(block.client)) throw new MalformedUpdateError('a client appears twice')
    seen.add(block.client)
    blocks.push(block)
  }
  return blocks
}

function readBlock(reader: ByteReader, count: number): Block {
  const client = reader.varUint()
  const clock = reader.varUint()
  let next = clock
  const structs: Struct[] = []
  for (let i = 0; i < count; i++) {
    const struct = readStruct(reader, client, next)
    next += struct.length
    if (struct.length < 1) throw new MalformedUpdateError('a struct is empty')
    if (next > MAX_CLOCK) throw new MalformedUpdateError('a clock is too high')
    structs.push(struct)
  }
  return { client, clock, end: next, structs }
}

function readStruct(reader: ByteReader, client: number, clock: number): Struct {
  const info = reader.uint8()
  const content = info & 0x1f
  if (content === Content.gc) {
    const length = reader.varUint()
    return gcStruct(client, clock, length)
  }
  const origin = (info & HAS_ORIGIN) !== 0 ? readId(reader) : undefined
  const rightOrigin = (info & HAS_RIGHT_ORIGIN) !== 0 ? readId(reader) : undefined
  const hasParent = origin === undefined && rightOrigin === undefined
  const parent = hasParent ? readParent(reader) : undefined
  const key = hasParent && (info & HAS_KEY) !== 0 ? readName(reader) : undefined
  const { length, payload } = readContent(reader, content)
  return { client, clock, length, content: content as Content, origin, rightOrigin, parent, key, payload }
}

export function gcStruct(client: number, clock: number, length: number): Struct {
  return {
    client,
    clock,
    length,
    content: Content.gc,
    origin: undefined,
    rightOrigin: undefined,
    parent: undefined,
    key: undefined,
    payload: NOTHING,
  }
}

const NOTHING = new Uint8Array(0)

function readId(reader: ByteReader): Id {
  return { client: reader.varUint(), clock: reader.varUint() }
}

function readParent(reader: ByteReader): string | Id {
  const isRoot = reader.varUint()
  if (isRoot > 1) throw new MalformedUpdateError('a parent is neither root nor item')
  return isRoot === 1 ? readName(reader) : readId(reader)
}

function readName(reader: ByteReader): string {
  const name = reader.varString()
  if (name.length > MAX_NAME_LENGTH) throw new MalformedUpdateError('a name is too long')
  checkName(name)
  return name
}

function readContent(reader: ByteReader, content: number): { readonly length: number; readonly payload: Uint8Array } {
  const start = reader.position
  let length = 1
  switch (content) {
    case Content.deleted:
      length = reader.varUint()
      break
    case Content.string: {
      const payload = reader.varBytes()
      return { length: decodeText(payload).length, payload }
    }
    case Content.binary:
      reader.varBytes()
      break
    case Content.embed:
      checkJson(reader.varString())
      break
    case Content.format:
      readName(reader)
      checkJson(reader.varString())
      break
    case Content.type:
      readType(reader)
      break
    case Content.json:
      length = reader.count(1, MAX_CLOCK)
      for (let i = 0; i < length; i++) {
        const text = reader.varString()
        if (text !== 'undefined') checkJson(text)
      }
      break
    case Content.any:
      length = reader.count(1, MAX_CLOCK)
      for (let i = 0; i < length; i++) skipAny(reader)
      break
    default:
      throw new MalformedUpdateError('a content is of a kind that has no place here')
  }
  return { length, payload: reader.bytes.subarray(start, reader.position) }
}

function readType(reader: ByteReader): void {
  const type = reader.varUint()
  if (!TYPES.has(type)) throw new MalformedUpdateError('a shared type is of a kind that has no place here')
  if (type === SharedType.element) readName(reader)
}

/**
 * Reads a delete set that nobody has checked. Ranges must ascend and be disjoint, as Yjs writes them: so that deleting
 * never costs more than the items and ranges that there are.
 * @throws MalformedUpdateError
 */
export function readDeletes(bytes: Uint8Array, maxRanges: number): DeleteSet {
  const reader = new ByteReader(bytes)
  const deletes = readRanges(reader, maxRanges)
  reader.end()
  return deletes
}

function readRanges(reader: ByteReader, maxRanges: number): DeleteSet {
  const deletes = new Map<number, readonly Range[]>()
  let room = maxRanges
  const clients = reader.count(4, maxRanges)
  for (let i = 0; i < clients; i++) {
    const client = reader.varUint()
    const count = reader.count(2, room)
    room -= count
    if (count === 0 || deletes.has(client)) throw new MalformedUpdateError('deletions are not in order')
    const ranges: Range[] = []
    let last = 0
    for (let j = 0; j < count; j++) {
      const from = reader.varUint()
      const to = from + reader.varUint()
      if (from < last || to <= from || to > MAX_CLOCK) throw new MalformedUpdateError('deletions are not in order')
      ranges.push([from, to])
      last = to
    }
    deletes.set(client, ranges)
  }
  return deletes
}
