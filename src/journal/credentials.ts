import { toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import { deviceIdOf } from '../identity/device-key.ts'
import type { RosterEntry } from '../identity/roster/index.ts'
import { StructureError } from './errors.ts'
import type { SealedHeader } from './header.ts'
import { afterOf, MEMBERS } from './header.ts'
import { judgeBatch } from './incoming.ts'
import type { SoundBatch, WireItem } from './incoming.ts'
import type { LocalJournal } from './local-journal.ts'
import { decodeAnswer, encodeAnswer } from './protocol.ts'
import { collect } from './sync-server.ts'
import type { Verify } from '../identity/device-key.ts'

/** Whose journals to keep, of those that a machine showed; none where it does not belong. */
export type CredentialsJudge = (entries: readonly RosterEntry[]) => ((device: DeviceId) => boolean) | undefined

/** Every `members` journal that is held, in frames as sync sends them: for a machine that knows nobody here. */
export async function* writeCredentials(journal: LocalJournal): AsyncGenerator<Uint8Array> {
  const lines = journal.lines.all.filter((line) => line.journal.kind === MEMBERS).sort((a, b) => a.number - b.number)
  for (const line of lines) {
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
  options: { readonly judge: CredentialsJudge; readonly verify: Verify },
): Promise<void> {
  const batches = frames.map((frame) => readBatch(journal.spaceBytes, frame, options.verify))
  const keeps = options.judge(batches.flatMap(({ batch }) => rosterEntries(batch)))
  if (keeps === undefined) return
  for (const { batch, wire } of batches) {
    if (keeps(deviceIdOf(batch.journal.device))) await journal.receive(wire)
  }
  await journal.apply()
}

function readBatch(
  space: Uint8Array,
  frame: Uint8Array,
  verify: Verify,
): { readonly wire: readonly WireItem[]; readonly batch: SoundBatch } {
  const answer = decodeAnswer(frame)
  if (answer.type !== 'batch') throw new StructureError('credentials that are no entries')
  const batch = judgeBatch(space, answer.items, verify)
  if (batch.journal.kind !== MEMBERS) throw new StructureError('credentials that say nothing of who belongs')
  return { wire: answer.items, batch }
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
