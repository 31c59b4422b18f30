import { toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import { publicKeyOf } from '../identity/device-key.ts'
import { MissingBlobsError, StructureError } from './errors.ts'
import type { Excerpt, OwnRange } from './journal.ts'
import type { Line } from './line.ts'
import type { LocalJournal } from './local-journal.ts'
import { decodeAnswer, encodeAnswer } from './protocol.ts'
import type { Replicas } from './replicas.ts'
import { collect } from './sync-server.ts'

/** Small enough for one parcel. */
const EXCERPT_BYTES = 128 * 1024

/** This device's own entries that another one is not known to hold, `members` journals first. */
export function lackedBy(journal: LocalJournal, replicas: Replicas, device: DeviceId): readonly OwnRange[] {
  const name = toHex(publicKeyOf(device))
  return ownLines(journal).flatMap((line) => {
    const from = Math.max(replicas.reach(name, line), line.fork.sequence) + 1
    return from > line.head.sequence ? [] : [{ journal: nameOf(line), from, to: line.head.sequence }]
  })
}

/** Own entries from there on, as many as go into one excerpt; `undefined` where there is nothing. */
export async function excerptFrom(
  journal: LocalJournal,
  { from, journal: name }: Pick<OwnRange, 'journal' | 'from'>,
): Promise<Excerpt | undefined> {
  const line = ownLines(journal).find((own) => nameOf(own) === name)
  if (line === undefined || from > line.head.sequence) return undefined
  const { items, reached } = await collect(journal, line, from, EXCERPT_BYTES)
  if (items.length === 0) return undefined
  const frame = encodeAnswer({ type: 'batch', proofs: [], items, more: false })
  return { frame, journal: name, from, to: reached }
}

/**
 * Takes in an excerpt that came by other ways than from a neighbour. Resolves to false where something that goes before
 * is not here yet. What needs blobs is left until somebody is there who has them.
 * @throws StructureError
 */
export async function receiveExcerpt(journal: LocalJournal, frame: Uint8Array): Promise<boolean> {
  const answer = decodeAnswer(frame)
  if (answer.type !== 'batch') throw new StructureError('an excerpt that is no entries')
  try {
    const { type } = await journal.receive(answer.items, answer.proofs)
    if (type === 'gap' || type === 'refused') return false
  } catch (error) {
    if (!(error instanceof MissingBlobsError)) throw error
  }
  await journal.apply()
  return true
}

function ownLines(journal: LocalJournal): readonly Line[] {
  const lines = journal.lines.ofDevice(toHex(journal.key.publicKey))
  return [...lines].sort((a, b) => a.journal.kind - b.journal.kind || a.number - b.number)
}

function nameOf(line: Line): string {
  return `${line.name}${line.branch === undefined ? '' : toHex(line.branch)}`
}
