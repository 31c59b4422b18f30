import { bytesEqual, compareBytes } from '../base/bytes.ts'
import type { SealedHeader } from './header.ts'
import { openHeader } from './header.ts'
import type { Line, Point } from './line.ts'
import type { HeldRecord, LineStore } from './line-store.ts'
import { stubEnd } from './line-store.ts'
import type { Stub } from './stored-entry.ts'

/** What to read of a line, both ends included. */
export interface Span {
  readonly line: Line
  readonly from: number
  readonly to: number
}

export interface OrderedEntry {
  readonly type: 'entry'
  readonly line: Line
  readonly header: SealedHeader
  readonly body: Uint8Array
  /** The place before it, which may end a stub; undefined for the first of a span. */
  readonly previous: Point | undefined
}

export interface OrderedStub {
  readonly type: 'stub'
  readonly line: Line
  readonly stub: Stub
}

interface Cursor {
  readonly line: Line
  readonly rest: AsyncGenerator<HeldRecord>
  next: OrderedEntry | OrderedStub
}

/**
 * What is held of several lines by Lamport number, and so with everybody's causal past first.
 * @param ended lines that the caller wants no more of: looked at whenever an entry is taken
 */
export async function* inOrder(
  lines: LineStore,
  spans: readonly Span[],
  ended: ReadonlySet<Line> = new Set(),
): AsyncGenerator<OrderedEntry | OrderedStub> {
  const cursors: Cursor[] = []
  try {
    for (const { from, line, to } of spans) {
      const rest = lines.read(line, from, to)
      const next = await take(line, rest, undefined)
      if (next !== undefined) cursors.push({ line, rest, next })
    }
    for (;;) {
      const cursor = cursors.reduce<Cursor | undefined>(
        (first, other) => (first === undefined || compare(other.next, first.next) < 0 ? other : first),
        undefined,
      )
      if (cursor === undefined) return
      yield cursor.next
      const next = ended.has(cursor.line) ? undefined : await take(cursor.line, cursor.rest, endOf(cursor.next))
      if (next !== undefined) {
        cursor.next = next
        continue
      }
      cursors.splice(cursors.indexOf(cursor), 1)
      await cursor.rest.return(undefined)
    }
  } finally {
    for (const { rest } of cursors) await rest.return(undefined)
  }
}

async function take(
  line: Line,
  rest: AsyncGenerator<HeldRecord>,
  previous: Point | undefined,
): Promise<OrderedEntry | OrderedStub | undefined> {
  const { done, value } = await rest.next()
  if (done === true) return undefined
  if (value.type === 'stub') return { type: 'stub', line, stub: value.stub }
  const { body, header } = value.entry
  return { type: 'entry', line, header: openHeader(header), body, previous }
}

function endOf(item: OrderedEntry | OrderedStub): Point {
  if (item.type === 'stub') return stubEnd(item.stub)
  const { hash, lamport, sequence } = item.header
  return { sequence, hash, lamport }
}

function compare(a: OrderedEntry | OrderedStub, b: OrderedEntry | OrderedStub): number {
  const [one, other] = [endOf(a), endOf(b)]
  return (
    one.lamport - other.lamport ||
    compareBytes(a.line.journal.device, b.line.journal.device) ||
    a.line.journal.kind - b.line.journal.kind ||
    compareBytes(one.hash, other.hash)
  )
}

/** The first sequence of the line's own whose Lamport number is at least this; past its end where there is none. */
export async function firstWithLamport(lines: LineStore, line: Line, lamport: number, end: number): Promise<number> {
  let low = line.fork.sequence + 1
  let high = end + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const record = await lines.recordAt(line, middle)
    if (record === undefined) return low
    const reached = record.type === 'stub' ? record.stub.lamport : openHeader(record.entry.header).lamport
    if (reached >= lamport) high = record.type === 'stub' ? Math.min(middle, Math.max(low, record.stub.from)) : middle
    else low = (record.type === 'stub' ? record.stub.to : middle) + 1
  }
  return low
}

/** The line that holds a place which an entry names as seen, as far as branches can still be told apart. */
export async function holderOf(
  lines: LineStore,
  name: string,
  place: { readonly sequence: number; readonly hash: Uint8Array },
): Promise<Line | undefined> {
  const [only, ...branches] = lines.named(name)
  if (branches.length === 0) return only
  for (const line of lines.named(name)) {
    if (line.head.sequence < place.sequence || place.sequence <= line.fork.sequence) continue
    const point = await lines.pointAt(line, place.sequence)
    if (point !== undefined && bytesEqual(point.hash, place.hash)) return line
  }
  return undefined
}
