import { bytesEqual, toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { MessageStream } from '../network/network.ts'
import { BATCH_BYTES, MAX_BATCH_ENTRIES, MAX_DIRECT_ITEMS } from './constants.ts'
import { itemOf } from './frontier.ts'
import type { JournalAddress, Position } from './header.ts'
import type { WireItem } from './incoming.ts'
import type { Line } from './line.ts'
import { journalName } from './line.ts'
import type { LocalJournal } from './local-journal.ts'
import type { Answer, Question } from './protocol.ts'
import { decodeQuestion, encodeAnswer } from './protocol.ts'
import type { Reports } from './reports.ts'
import type { Stub } from './stored-entry.ts'

/** Reports in one answer; the asker asks again until there are no more. */
const REPORTS_PER_ANSWER = 16

export interface SyncServerOptions {
  readonly journal: LocalJournal
  readonly reports: Reports
  readonly clock: Clock
  /** A changed frontier is told at most this often, in milliseconds. */
  readonly advancePeriod: () => number
}

/** Answers one neighbour's questions, and tells it when this peer's frontier advances. Ends with the stream. */
export async function serveSync(stream: MessageStream, options: SyncServerOptions): Promise<void> {
  const disposables = new DisposableStore()
  disposables.add(announceAdvances(stream, options))
  try {
    for await (const frame of stream) {
      await stream.send(encodeAnswer(await answer(decodeQuestion(frame), options)))
    }
  } finally {
    disposables.dispose()
  }
}

async function answer(question: Question, { journal, reports }: SyncServerOptions): Promise<Answer> {
  switch (question.type) {
    case 'compare': {
      const reportsDiffer = !bytesEqual(question.reports, reports.digest)
      if (bytesEqual(question.frontier, journal.frontier.root)) return { type: 'equal', reportsDiffer }
      if (journal.frontier.size > MAX_DIRECT_ITEMS) {
        return { type: 'digests', digests: journal.frontier.bucketDigests(), reportsDiffer }
      }
      return { type: 'items', items: journal.frontier.items(), reportsDiffer }
    }
    case 'buckets':
      return { type: 'items', items: journal.frontier.itemsIn(question.indexes), reportsDiffer: false }
    case 'pull':
      return await nextBatch(journal, question.journal, question.have)
    case 'blob':
      return { type: 'blob', bytes: (await journal.blobs.get(question.hash)) ?? null }
    case 'reports':
      return { type: 'reports', reports: reports.newerThan(question.have, REPORTS_PER_ANSWER) }
  }
}

/** The next entries that somebody lacks who has these positions of a journal. */
async function nextBatch(journal: LocalJournal, address: JournalAddress, have: readonly Position[]): Promise<Answer> {
  const lines = journal.lines.named(journalName(address))
  for (const line of lines) {
    const held = await greatestHeld(journal, line, have)
    if (held >= line.head.sequence) continue
    const { items, reached } = await collect(journal, line, held + 1)
    const stubs = items.flatMap((item): Stub[] => (item.type === 'stub' ? [item.stub] : []))
    const proofs = stubs.length === 0 ? [] : journal.proofs.covering(address, stubs)
    return { type: 'batch', proofs, items, more: reached < line.head.sequence || lines.length > 1 }
  }
  return { type: 'batch', proofs: [], items: [], more: false }
}

/** The greatest of the positions that is known to lie on this line, 0 for none. */
async function greatestHeld(journal: LocalJournal, line: Line, have: readonly Position[]): Promise<number> {
  for (const position of [...have].sort((a, b) => b.sequence - a.sequence)) {
    if (position.sequence > line.head.sequence) continue
    const point = await journal.lines.pointAt(line, position.sequence)
    if (point !== undefined && bytesEqual(point.hash, position.hash)) return position.sequence
  }
  return 0
}

/** Held places from `from` on, up to the last signed entry that the bytes allow, or the first one beyond. */
export async function collect(
  journal: LocalJournal,
  line: Line,
  from: number,
  mostBytes: number = BATCH_BYTES,
): Promise<{ readonly items: readonly WireItem[]; readonly reached: number }> {
  const items: WireItem[] = []
  let signed = { count: 0, reached: from - 1 }
  let bytes = 0
  for await (const { sequence, ...record } of journal.lines.read(line, from)) {
    if (record.type === 'stub') {
      items.push({ type: 'stub', stub: { ...record.stub, from: Math.max(from, record.stub.from) } })
      continue
    }
    bytes += record.entry.header.length + record.entry.body.length + 64
    if ((bytes > mostBytes || items.length >= MAX_BATCH_ENTRIES) && signed.count > 0) break
    items.push({ type: 'entry', entry: record.entry })
    if (record.entry.signature !== undefined) signed = { count: items.length, reached: sequence }
  }
  return { items: items.slice(0, signed.count), reached: signed.reached }
}

/** Sends moved heads, a few times a second at most. */
function announceAdvances(
  stream: MessageStream,
  { advancePeriod, clock, journal }: SyncServerOptions,
): DisposableStore {
  const disposables = new DisposableStore()
  const moved = new Map<string, Line>()
  let sending = false
  const flush = async (): Promise<void> => {
    const items = [...moved.values()].map(itemOf)
    moved.clear()
    await stream.send(encodeAnswer({ type: 'advance', items }))
  }
  disposables.add(
    journal.events.on('head:moved', ({ line }) => {
      moved.set(`${line.name}${line.branch === undefined ? '' : toHex(line.branch)}`, line)
      if (sending) return
      sending = true
      const timer = disposables.add(
        clock.after(advancePeriod(), () => {
          sending = false
          disposables.release(timer)
          // a stream that is gone needs no telling
          flush().catch(() => disposables.dispose())
        }),
      )
    }),
  )
  return disposables
}
