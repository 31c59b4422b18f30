import { fromHex, toHex } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../base/cbor.ts'
import type { DocumentId } from '../base/ids.ts'
import type { SessionName } from './client-ids.ts'
import { MAX_SESSION_NUMBER } from './client-ids.ts'
import { MAX_PRESENCE_BYTES, MAX_PRESENCE_STATE_BYTES } from './constants.ts'
import { DOCUMENT_ID_BYTES, documentBytes, documentIdOf } from './document-ids.ts'

/** One editor's name and cursor as its device tells them. */
export interface Told {
  readonly document: DocumentId
  readonly session: SessionName
  /** Counts an editor's states, as y-protocols/awareness has it. */
  readonly clock: number
  /** JSON; null: the editor is gone. */
  readonly state: string | null
}

export interface PresenceMessage {
  readonly told: readonly Told[]
  /** Documents whose editors are asked to tell theirs. */
  readonly asked: readonly DocumentId[]
}

const MAX_CLOCK = 2 ** 32
const MAX_LISTED = 32

export function encodePresence({ asked, told }: PresenceMessage): Uint8Array {
  return encodeCbor({
    a: asked.map(documentBytes),
    t: told.map(({ clock, document, session, state }) => [
      documentBytes(document),
      fromHex(session.incarnation),
      session.number,
      clock,
      state,
    ]),
  })
}

/** `undefined` for anything else. Never throws. */
export function decodePresence(bytes: Uint8Array): PresenceMessage | undefined {
  const fields = decodeCborMap(bytes, MAX_PRESENCE_BYTES)
  const asked = readList(fields?.get('a'), readDocument)
  const told = readList(fields?.get('t'), readTold)
  return asked === undefined || told === undefined ? undefined : { asked, told }
}

function readList<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_LISTED) return undefined
  const items = (value as unknown[]).map(read)
  return items.every((item) => item !== undefined) ? items : undefined
}

function readDocument(value: unknown): DocumentId | undefined {
  const bytes = readBytes(value, DOCUMENT_ID_BYTES)
  return bytes === undefined ? undefined : documentIdOf(bytes)
}

function readTold(value: unknown): Told | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined
  const [documentValue, incarnationValue, numberValue, clockValue, stateValue] = value as unknown[]
  const document = readDocument(documentValue)
  const incarnation = readBytes(incarnationValue, 8)
  const number = readWhole(numberValue, 0, MAX_SESSION_NUMBER)
  const clock = readWhole(clockValue, 0, MAX_CLOCK)
  const state = stateValue === null ? null : readText(stateValue, MAX_PRESENCE_STATE_BYTES)
  if (document === undefined || incarnation === undefined || number === undefined) return undefined
  if (clock === undefined || state === undefined || !isState(state)) return undefined
  return { document, session: { incarnation: toHex(incarnation), number }, clock, state }
}

/** Whether it is what an editor can take for a state: an object in JSON, not deep. */
export function isState(state: string | null): boolean {
  if (state === null) return true
  try {
    const value: unknown = JSON.parse(state)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && depthOf(value) <= MAX_STATE_DEPTH
  } catch {
    return false
  }
}

const MAX_STATE_DEPTH = 16

/** At most a kilobyte was parsed: the depth is small however it was made. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
