import { bytesEqual } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Entry, Supersedes } from '../journal/entry-types.ts'
import type { ContentBody } from './bodies.ts'
import { decodeBody } from './bodies.ts'
import type { ClientIds, SessionName } from './client-ids.ts'
import { isWhole } from './coverage.ts'
import { kindOf } from './document-ids.ts'
import { examine } from './update-check.ts'
import { MalformedUpdateError } from './yjs/byte-reader.ts'
import { isContained } from './yjs/containment.ts'
import { normalForm } from './yjs/normal-form.ts'
import type { Update } from './yjs/struct.ts'
import { writeDeletes, writeStructs } from './yjs/write-update.ts'

/** An entry about a document's content with what it says. */
interface Said {
  readonly entry: Pick<Entry, 'journal' | 'sequence' | 'supersedes'>
  readonly body: ContentBody
  readonly update: Update
}

export interface CheckpointContent extends Pick<ContentBody, 'sessions' | 'structs' | 'deletes'> {
  readonly size: number
}

/**
 * What an author's entries about one document say, as one.  * @throws MalformedUpdateError where they can't be said as one
 */
export function buildCheckpoint(entries: readonly Entry[], clientIds: ClientIds): CheckpointContent {
  const said = readAll(inOrder(entries), clientIds)
  const sessions = new Map<number, SessionName>()
  for (const { body, entry } of said) {
    for (const session of body.sessions) {
      sessions.set(clientIds.of(body.document, entry.journal.device, session), session)
    }
  }
  const normal = normalForm(said.map(({ update }) => update))
  const used = normal.blocks.flatMap(({ client }) => sessions.get(client) ?? [])
  const structs = writeStructs(normal.blocks)
  const deletes = writeDeletes(normal.deletes)
  return { sessions: used, structs, deletes, size: structs.length + deletes.length }
}

/**
 * Whether a checkpoint says what the entries say that it supersedes: exactly, where they are all there; otherwise at
 * least all that those which are there say.
 */
export function checkCheckpoint(checkpoint: Entry, superseded: readonly Entry[], clientIds: ClientIds): boolean {
  try {
    const body = contentOf(checkpoint)
    const entries = inOrder(superseded)
    if (body.kind !== 'document.checkpoint' || entries.some((entry) => entry.device !== checkpoint.device)) return false
    const said = readAll(entries, clientIds)
    if (said.some((one) => one.body.document !== body.document)) return false
    const claimed = readOne(checkpoint, body, clientIds)
    const held = said.flatMap(({ entry }) => [placeOf(entry), ...entry.supersedes])
    if (!isWhole(checkpoint.supersedes, held)) return said.every(({ update }) => isContained(update, claimed))
    return isSame(normalForm([claimed]), normalForm(said.map(({ update }) => update)))
  } catch (error) {
    if (error instanceof MalformedUpdateError) return false
    throw error
  }
}

function placeOf({ journal, sequence }: Said['entry']): Supersedes {
  return { incarnation: journal.incarnation, ranges: [[sequence, sequence]] }
}

/** Earlier checkpoints first, since what they say was said before what they don't; then as it was written. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const rank = (entry: Entry): number => (entry.kind === 'document.checkpoint' ? 0 : 1)
  return [...entries].sort((a, b) => rank(a) - rank(b) || a.lamport - b.lamport || a.sequence - b.sequence)
}

/** Entries that count nothing say nothing; that includes what an author said twice at the same clocks. */
function readAll(entries: readonly Entry[], clientIds: ClientIds): readonly Said[] {
  const said: Said[] = []
  const ends = new Map<number, number>()
  for (const entry of entries) {
    const one = tryRead(entry, clientIds)
    if (one === undefined) continue
    const isSaidBefore = one.update.blocks.some(({ client, clock }) => clock < (ends.get(client) ?? 0))
    if (isSaidBefore && one.body.kind === 'document.update') continue
    for (const { client, end } of one.update.blocks) ends.set(client, Math.max(end, ends.get(client) ?? 0))
    said.push(one)
  }
  return said
}

function tryRead(entry: Entry, clientIds: ClientIds): Said | undefined {
  const body = contentOf(entry)
  try {
    return { entry, body, update: readOne(entry, body, clientIds) }
  } catch (error) {
    if (error instanceof MalformedUpdateError) return undefined
    throw error
  }
}

/** @throws MalformedUpdateError for entries about something else: nobody may supersede those */
function contentOf(entry: Entry): ContentBody {
  const body = decodeBody(entry.kind, entry.body)
  if (body === undefined || !('structs' in body)) {
    throw new MalformedUpdateError('it is not about the content of a document')
  }
  return body
}

function readOne(entry: { readonly device: DeviceId }, body: ContentBody, clientIds: ClientIds): Update {
  return examine(
    body,
    kindOf(body.document),
    new Set(body.sessions.map((session) => clientIds.of(body.document, entry.device, session))),
  )
}

function isSame(a: Update, b: Update): boolean {
  return (
    bytesEqual(writeStructs(a.blocks), writeStructs(b.blocks)) &&
    bytesEqual(writeDeletes(a.deletes), writeDeletes(b.deletes))
  )
}
