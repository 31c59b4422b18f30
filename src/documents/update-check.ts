import type { ContentBody } from './bodies.ts'
import { MAX_CHECKPOINT_STRUCTS, MAX_DELETE_RANGES, MAX_UPDATE_STRUCTS } from './constants.ts'
import type { DocumentKind } from './document-ids.ts'
import { MalformedUpdateError } from './yjs/byte-reader.ts'
import { readDeletes, readStructs } from './yjs/read-update.ts'
import type { Block, Struct, Update } from './yjs/struct.ts'
import { Content } from './yjs/struct.ts'
import type { Need, StateOf } from './yjs/weave.ts'
import { missingDelete, missingReference, Weave } from './yjs/weave.ts'

/** The root that a document of a kind has; no other may appear. */
export const ROOTS = { text: 'text', rich: 'rich' } as const satisfies Record<DocumentKind, string>

/** What a plain text is made of. */
const PLAIN: ReadonlySet<number> = new Set([Content.gc, Content.deleted, Content.string])

/**
 * Everything that can be said about an update without knowing anything else: whether it can be read, keeps within its
 * bounds, bears only client ids that its author may use, and holds nothing that has no place in such a document.
 * @param kind the document's; undefined: one that this version does not know
 * @param clients those of the sessions that it names, derived for its author
 * @throws MalformedUpdateError whose message is the reason for which it is void
 */
export function examine(
  body: Pick<ContentBody, 'kind' | 'structs' | 'deletes'>,
  kind: DocumentKind | undefined,
  clients: ReadonlySet<number>,
): Update {
  if (kind === undefined) throw new MalformedUpdateError('the document is of an unknown kind')
  const most = body.kind === 'document.update' ? MAX_UPDATE_STRUCTS : MAX_CHECKPOINT_STRUCTS
  const blocks = readStructs(body.structs, most)
  const deletes = readDeletes(body.deletes, MAX_DELETE_RANGES)
  for (const block of blocks) {
    if (!clients.has(block.client)) throw new MalformedUpdateError('it bears a client id that is not its author’s')
    for (const struct of block.structs) checkStruct(struct, kind)
  }
  return { blocks, deletes }
}

/** @throws MalformedUpdateError */
export function checkStruct(struct: Struct, kind: DocumentKind): void {
  const { client, clock, content, key, origin, parent, rightOrigin } = struct
  if (typeof parent === 'string' && parent !== ROOTS[kind]) {
    throw new MalformedUpdateError('it writes to a root that such a document does not have')
  }
  if (kind === 'text' && (!PLAIN.has(content) || key !== undefined || typeof parent === 'object')) {
    throw new MalformedUpdateError('it puts something else than text into a plain text')
  }
  for (const id of [origin, rightOrigin, parent]) {
    if (typeof id === 'object' && id.client === client && id.clock >= clock) {
      throw new MalformedUpdateError('a struct builds on itself or on what follows it')
    }
  }
}

export type Judgement =
  /** Can be applied; `runs` only where there are several clients, in an order in which they can be placed. */
  | { readonly type: 'ready'; readonly runs: readonly Block[] }
  /** Something that it builds on isn't there. */
  | { readonly type: 'waits'; readonly need: Need }
  /** Its author has said something at these clocks already. */
  | { readonly type: 'overlaps' }
  | { readonly type: 'void'; readonly reason: string }

/** How an examined update stands to what is there. */
export function judge(update: Update, stateOf: StateOf): Judgement {
  const { blocks, deletes } = update
  let gap: Need | undefined
  for (const { client, clock } of blocks) {
    const state = stateOf(client)
    if (clock < state) return { type: 'overlaps' }
    if (clock > state) gap ??= { client, clock }
  }
  if (gap !== undefined) return { type: 'waits', need: gap }
  const after = blocks.length === 0 ? stateOf : stateAfter(blocks, stateOf)
  for (const { structs } of blocks) {
    for (const struct of structs) {
      const need = missingReference(struct, after, struct.clock)
      if (need !== undefined) return { type: 'waits', need }
    }
  }
  const need = missingDelete(deletes, after)
  if (need !== undefined) return { type: 'waits', need }
  if (blocks.length < 2) return { type: 'ready', runs: blocks }
  const woven = new Weave(update).advance(stateOf)
  // Everything is there or within: what is still missing goes round in a circle.
  if (woven.need !== undefined) return { type: 'void', reason: 'its structs build on each other in a circle' }
  return { type: 'ready', runs: woven.runs }
}

function stateAfter(blocks: readonly Block[], stateOf: StateOf): StateOf {
  const ends = new Map(blocks.map(({ client, end }) => [client, end]))
  return (client) => ends.get(client) ?? stateOf(client)
}
