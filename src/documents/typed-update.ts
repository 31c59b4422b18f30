import * as Y from 'yjs'

import type { SessionName } from './client-ids.ts'
import { MAX_CHECKPOINT_STRUCTS, MAX_DELETE_RANGES } from './constants.ts'
import { UpdateRefusedError } from './errors.ts'
import type { OpenDocument } from './open-documents.ts'
import { checkStruct } from './update-check.ts'
import { MalformedUpdateError } from './yjs/byte-reader.ts'
import { structsFrom } from './yjs/normal-form.ts'
import { readUpdate } from './yjs/read-update.ts'
import type { Block, DeleteSet, Range, Update } from './yjs/struct.ts'
import { blockOf } from './yjs/struct.ts'
import type { StateOf } from './yjs/weave.ts'
import { Weave } from './yjs/weave.ts'

export interface TypedUpdate {
  readonly update: Update
  /** Its blocks in an order in which they can be placed. */
  readonly runs: readonly Block[]
  /** By client id: every one that it bears. */
  readonly sessions: ReadonlyMap<number, SessionName>
}

/** What an editor handed over, read and not compared with anything yet. */
export interface ReadUpdate {
  readonly update: Update
  /** By client id: those that this device gave out. */
  readonly sessions: ReadonlyMap<number, SessionName>
}

/** @throws UpdateRefusedError for bytes that are not an update */
export async function readTyped(
  bytes: Uint8Array,
  sessionOf: (client: number) => Promise<SessionName | undefined>,
): Promise<ReadUpdate> {
  const update = refusing(() => readUpdate(bytes, { structs: MAX_CHECKPOINT_STRUCTS, ranges: MAX_DELETE_RANGES }))
  const sessions = new Map<number, SessionName>()
  for (const { client } of update.blocks) {
    const session = await sessionOf(client)
    if (session !== undefined) sessions.set(client, session)
  }
  return { update, sessions }
}

/**
 * What is new of what an editor handed over: it may hand over everything it has. What others wrote has to be known;
 * what it wrote itself bears a client id that this device gave out; deletions that are made already are left out, as
 * they may be others'.
 * @returns undefined where nothing is new
 * @throws UpdateRefusedError
 */
export function newInTyped({ doc, kind }: OpenDocument, { sessions, update }: ReadUpdate): TypedUpdate | undefined {
  return refusing(() => {
    const stateOf: StateOf = (client) => Y.getState(doc.store, client)
    const blocks = update.blocks.flatMap((block) => newPart(block, stateOf, sessions) ?? [])
    for (const { structs } of blocks) for (const struct of structs) checkStruct(struct, kind)
    const fresh = { blocks, deletes: newDeletes(doc, update.deletes) }
    if (blocks.length === 0 && fresh.deletes.size === 0) return undefined
    const { need, runs } = new Weave(fresh).advance(stateOf)
    if (need !== undefined) throw new UpdateRefusedError('it builds on something that is not here')
    return { update: fresh, runs, sessions }
  })
}

function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof MalformedUpdateError) throw new UpdateRefusedError(error.message, { cause: error })
    throw error
  }
}

function newPart(block: Block, stateOf: StateOf, own: ReadonlyMap<number, unknown>): Block | undefined {
  const state = stateOf(block.client)
  if (block.end <= state) return undefined
  if (!own.has(block.client)) throw new UpdateRefusedError('it bears a client id that is not this editor’s')
  if (block.clock > state) throw new UpdateRefusedError('something that was typed before it is missing')
  return blockOf(structsFrom(block.structs, state))
}

/** Those that are not made in the document yet. */
function newDeletes(doc: Y.Doc, deletes: DeleteSet): DeleteSet {
  const fresh = new Map<number, readonly Range[]>()
  for (const [client, ranges] of deletes) {
    const left = ranges.flatMap((range) => notDeleted(doc, client, range))
    if (left.length > 0) fresh.set(client, left)
  }
  return fresh
}

function notDeleted(doc: Y.Doc, client: number, [from, to]: Range): readonly Range[] {
  const structs = doc.store.clients.get(client) ?? []
  const state = Y.getState(doc.store, client)
  const left: [number, number][] = []
  const add = (begin: number, end: number): void => {
    const last = left[left.length - 1]
    if (last !== undefined && last[1] === begin) last[1] = end
    else if (end > begin) left.push([begin, end])
  }
  if (from < state) {
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i++) {
      const struct = structs[i]
      if (struct === undefined || struct.id.clock >= to) break
      if (!struct.deleted) add(Math.max(from, struct.id.clock), Math.min(to, struct.id.clock + struct.length))
    }
  }
  if (to > state) add(Math.max(from, state), to)
  return left
}
