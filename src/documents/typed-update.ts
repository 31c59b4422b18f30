import * as Y from 'yjs'

import { MAX_DELETE_RANGES, MAX_CHECKPOINT_STRUCTS } from './constants.ts'
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
}

/**
 * What an editor hands over, without what is known here already: an editor may hand over everything it has. What
 * others wrote has to be known; what it wrote itself bears a client id that `isOwn` knows; deletions that are made
 * already are left out, as they may be others'.
 * @returns undefined where nothing is new
 * @throws UpdateRefusedError
 */
export async function readTyped(
  { doc, kind }: OpenDocument,
  bytes: Uint8Array,
  isOwn: (client: number) => Promise<boolean>,
): Promise<TypedUpdate | undefined> {
  try {
    const { blocks, deletes } = readUpdate(bytes, { structs: MAX_CHECKPOINT_STRUCTS, ranges: MAX_DELETE_RANGES })
    const foreign = new Set<number>()
    for (const { client } of blocks) if (!(await isOwn(client))) foreign.add(client)
    // From here on nothing is awaited: the document must not change between the check and what follows it.
    const stateOf: StateOf = (client) => Y.getState(doc.store, client)
    const fresh = blocks.flatMap((block) => newPart(block, stateOf, foreign) ?? [])
    for (const { structs } of fresh) for (const struct of structs) checkStruct(struct, kind)
    const update = { blocks: fresh, deletes: newDeletes(doc, deletes) }
    if (fresh.length === 0 && update.deletes.size === 0) return undefined
    const { need, runs } = new Weave(update).advance(stateOf)
    if (need !== undefined) throw new UpdateRefusedError('it builds on something that is not here')
    return { update, runs }
  } catch (error) {
    if (error instanceof MalformedUpdateError) throw new UpdateRefusedError(error.message)
    throw error
  }
}

function newPart(block: Block, stateOf: StateOf, foreign: ReadonlySet<number>): Block | undefined {
  const state = stateOf(block.client)
  if (block.end <= state) return undefined
  if (foreign.has(block.client)) throw new UpdateRefusedError('it bears a client id that is not this editor’s')
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
