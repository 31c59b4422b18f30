import { toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import { publicKeyOf } from '../identity/device-key.ts'
import type { Line } from './line.ts'
import type { LocalJournal } from './local-journal.ts'
import { decodeAnswer, encodeAnswer } from './protocol.ts'
import type { Replicas } from './replicas.ts'
import { collect } from './sync-server.ts'
import { MissingBlobsError, StructureError } from './errors.ts'

/** Small enough for one parcel. */
const EXCERPT_BYTES = 128 * 1024

/** Consecutive entries of this device, as another machine can take them in without asking anybody. */
export interface Excerpt {
  /** `receiveExcerpt` reads it. */
  readonly frame: Uint8Array
  /** Names the journal, the same for every excerpt of it. */
  readonly journal: string
  readonly from: number
  readonly to: number
}

/**
 * This device's own entries that another one is not known to hold, `members` journals first, at most that many. What
 * needs blobs is left out: it has to be fetched.
 */
export async function excerptsFor(
  journal: LocalJournal,
  replicas: Replicas,
  device: DeviceId,
  options: { readonly most: number },
): Promise<readonly Excerpt[]> {
  const name = toHex(publicKeyOf(device))
  const lines = [...journal.lines.ofDevice(toHex(journal.key.publicKey))].sort(
    (a, b) => a.journal.kind - b.journal.kind || a.number - b.number,
  )
  const excerpts: Excerpt[] = []
  for (const line of lines) {
    const held = Math.max(replicas.reach(name, line), line.fork.sequence)
    await excerpt(journal, line, held + 1, excerpts, options.most)
  }
  return excerpts
}

async function excerpt(journal: LocalJournal, line: Line, start: number, into: Excerpt[], most: number): Promise<void> {
  for (let from = start; from <= line.head.sequence && into.length < most;) {
    const { items, reached } = await collect(journal, line, from, EXCERPT_BYTES)
    if (items.length === 0) return
    const frame = encodeAnswer({ type: 'batch', proofs: [], items, more: false })
    into.push({
      frame,
      journal: `${line.name}${line.branch === undefined ? '' : toHex(line.branch)}`,
      from,
      to: reached,
    })
    from = reached + 1
  }
}

/**
 * Takes in an excerpt that came by other ways than from a neighbour.
 * @throws StructureError
 */
export async function receiveExcerpt(journal: LocalJournal, frame: Uint8Array): Promise<void> {
  const answer = decodeAnswer(frame)
  if (answer.type !== 'batch') throw new StructureError('an excerpt that is no entries')
  try {
    await journal.receive(answer.items, answer.proofs)
  } catch (error) {
    // They come once a machine that holds them is connected.
    if (!(error instanceof MissingBlobsError)) throw error
  }
  await journal.applySoon()
}
