import { toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { pause } from '../base/clock.ts'
import type { Verify } from '../identity/device-key.ts'
import { deviceIdOf } from '../identity/device-key.ts'
import type { RosterEntry } from '../identity/roster/index.ts'
import type { Authority, CredentialsJudge } from './authority.ts'
import { MissingBlobsError, StructureError } from './errors.ts'
import type { SealedHeader } from './header.ts'
import { afterOf, MEMBERS } from './header.ts'
import { judgeBatch, readablePart } from './incoming.ts'
import type { SoundBatch, WireItem } from './incoming.ts'
import type { LocalJournal } from './local-journal.ts'
import { decodeAnswer, encodeAnswer } from './protocol.ts'
import { collect } from './sync-server.ts'

/** Journals judged in one go, with a signature each: a few milliseconds in which nothing else is done here. */
const BATCHES_AT_ONCE = 32

/**
 * Every `members` journal of those who belong, in frames as sync sends them: for a machine that knows nobody here.
 * What others wrote, whom nobody let in, is left out: it would only make the way in longer for everybody.
 */
export async function* writeCredentials(journal: LocalJournal, authority: Authority): AsyncGenerator<Uint8Array> {
  const lines = journal.lines.all.filter((line) => line.journal.kind === MEMBERS).sort((a, b) => a.number - b.number)
  for (const line of lines) {
    if (!authority.admits(line.journal.device)) continue
    for (let next = line.fork.sequence + 1; next <= line.head.sequence;) {
      const { items, reached } = await collect(journal, line, next)
      if (items.length === 0) break
      yield encodeAnswer({ type: 'batch', proofs: [], items, more: false })
      next = reached + 1
    }
  }
}

/**
 * Reads such frames and stores what the judge keeps, in their order. Nothing is stored before all is judged.
 * @throws StructureError where a frame is not what it should be
 */
export async function takeCredentials(
  journal: LocalJournal,
  frames: readonly Uint8Array[],
  options: { readonly judge: CredentialsJudge; readonly verify: Verify; readonly clock: Clock },
): Promise<void> {
  const { clock, judge, verify } = options
  const batches: { readonly wire: readonly WireItem[]; readonly batch: SoundBatch }[] = []
  for (const [index, frame] of frames.entries()) {
    if (index % BATCHES_AT_ONCE === BATCHES_AT_ONCE - 1) await pause(clock, 0)
    const { items } = readablePart(readItems(frame))
    if (items.length > 0) batches.push({ wire: items, batch: readBatch(journal.spaceBytes, items, verify) })
  }
  const keeps = judge(batches.flatMap(({ batch }) => rosterEntries(batch)))
  if (keeps === undefined) return
  for (const { batch, wire } of batches) {
    if (keeps(deviceIdOf(batch.journal.device))) await keep(journal, wire)
  }
  await journal.apply()
}

/** What has no place here yet, or needs blobs, comes by sync: one such journal keeps nobody out. */
async function keep(journal: LocalJournal, wire: readonly WireItem[]): Promise<void> {
  try {
    await journal.receive(wire)
  } catch (error) {
    if (!(error instanceof StructureError) && !(error instanceof MissingBlobsError)) throw error
  }
}

function readItems(frame: Uint8Array): readonly WireItem[] {
  const answer = decodeAnswer(frame)
  if (answer.type !== 'batch') throw new StructureError('credentials that are no entries')
  return answer.items
}

function readBatch(space: Uint8Array, items: readonly WireItem[], verify: Verify): SoundBatch {
  const batch = judgeBatch(space, items, verify)
  if (batch.journal.kind !== MEMBERS) throw new StructureError('credentials that say nothing of who belongs')
  return batch
}

function rosterEntries({ items }: SoundBatch): readonly RosterEntry[] {
  return items.flatMap((item) => (item.type === 'entry' ? [rosterEntry(item.header, item.body)] : []))
}

function rosterEntry(header: SealedHeader, body: Uint8Array): RosterEntry {
  const { hash, journal, kind, lamport, sequence } = header
  return {
    device: deviceIdOf(journal.device),
    incarnation: toHex(journal.incarnation),
    kind,
    sequence,
    hash,
    lamport,
    after: afterOf(header),
    body,
  }
}
