import * as Y from 'yjs'

import { MAX_NESTING } from '../constants.ts'
import type { Block, DeleteSet, Id, Struct, Update } from './struct.ts'
import { Content, NO_DELETES } from './struct.ts'
import { gcStruct } from './read-update.ts'
import { writeUpdate } from './write-update.ts'

/** A place in a document as Yjs keeps it. */
type Placed = Y.Item | Y.GC

/**
 * Applies an update whose references are all there, struct by struct, and takes the place of two kinds of struct that
 * no honest editor makes and that would do harm (SPEC.md, D9 and D10): elements nested too deeply, and items that claim
 * to have been made between two neighbours that never were neighbours, for which Yjs's order would depend on the order
 * of arrival. Both become what Yjs makes of anything inside a deleted element: a place without content (gc), whose
 * clocks count. As that depends only on what the struct itself builds on, it comes out the same on every peer.
 *
 * @param runs blocks in an order in which they can be placed
 * @returns how many structs were taken the content of
 */
export function applyGuarded(doc: Y.Doc, update: Update, runs: readonly Block[], origin: unknown): number {
  const only = runs.length === 1 ? runs[0] : undefined
  if (only !== undefined && only.structs.length === 1 && only.structs[0] !== undefined) {
    const harm = isHarmful(doc, only.structs[0])
    const blocks = harm ? [withoutHarm(only, only.structs[0])] : [only]
    Y.applyUpdate(doc, writeUpdate({ blocks, deletes: update.deletes }), origin)
    return harm ? 1 : 0
  }
  let harmful = 0
  doc.transact(() => {
    for (const { structs } of runs) harmful += placeRun(doc, structs)
    if (update.deletes.size > 0) Y.applyUpdate(doc, writeUpdate({ blocks: [], deletes: update.deletes }))
  }, origin)
  return harmful
}

/** Deletions alone. */
export function applyDeletes(doc: Y.Doc, deletes: DeleteSet, origin: unknown): void {
  if (deletes.size > 0) Y.applyUpdate(doc, writeUpdate({ blocks: [], deletes }), origin)
}

function placeRun(doc: Y.Doc, structs: readonly Struct[]): number {
  let harmful = 0
  let previous: Struct | undefined
  for (const struct of structs) {
    const known = previous !== undefined && goesOn(previous, struct)
    const harm = !known && isHarmful(doc, struct)
    if (harm) harmful++
    const placed = harm ? gcStruct(struct.client, struct.clock, struct.length) : struct
    const block = { client: placed.client, clock: placed.clock, end: placed.clock + placed.length, structs: [placed] }
    Y.applyUpdate(doc, writeUpdate({ blocks: [block], deletes: NO_DELETES }))
    previous = harm ? undefined : struct
  }
  return harmful
}

/** What was typed on in one go stands right of what was typed before it: it needs no second look. */
function goesOn(previous: Struct, struct: Struct): boolean {
  return (
    struct.content === Content.string &&
    struct.origin?.client === previous.client &&
    struct.origin.clock === previous.clock + previous.length - 1 &&
    struct.rightOrigin?.client === previous.rightOrigin?.client &&
    struct.rightOrigin?.clock === previous.rightOrigin?.clock
  )
}

function withoutHarm(block: Block, struct: Struct): Block {
  return { ...block, structs: [gcStruct(struct.client, struct.clock, struct.length)] }
}

function isHarmful(doc: Y.Doc, struct: Struct): boolean {
  if (struct.content === Content.gc) return false
  const left = struct.origin === undefined ? null : placeOf(doc, struct.origin)
  const right = struct.rightOrigin === undefined ? null : placeOf(doc, struct.rightOrigin)
  // Beside what lost its place with its element it loses its own, whatever it says.
  if (left instanceof Y.GC || right instanceof Y.GC) return false
  if (left !== null && right !== null && !inOneList(left, right)) return true
  if (!wereNeighbours(doc, struct, left, right)) return true
  return struct.content === Content.type && depthOf(doc, struct, left ?? right) > MAX_NESTING
}

function placeOf(doc: Y.Doc, { client, clock }: Id): Placed {
  const structs = doc.store.clients.get(client)
  if (structs === undefined) throw new RangeError('a reference must be there before it is used')
  const found = structs[Y.findIndexSS(structs, clock)]
  if (found === undefined) throw new RangeError('a reference must be there before it is used')
  return found
}

function inOneList(a: Y.Item, b: Y.Item): boolean {
  return a.parent === b.parent && a.parentSub === b.parentSub
}

/**
 * Whether a struct can have been made between its origins o (left) and r (right). Where they are neighbours here and
 * now, it can. Otherwise something came between that its author may not have known; but whatever that was, two things
 * follow from o and r having been neighbours once, as all that lies between an item and its own origin stands on that
 * origin ("stands on" follows origins leftwards): o stands on what r was made beside, and not on r.
 * Tens of thousands of random histories of forged structs within this rule came out in one order each, and none of
 * honest ones breaks it; without it, one forged history in fifty came out in two.
 */
function wereNeighbours(doc: Y.Doc, struct: Struct, left: Y.Item | null, right: Y.Item | null): boolean {
  const { origin, rightOrigin } = struct
  if (right === null || rightOrigin === undefined) return true
  const beforeRight = rightOrigin.clock > right.id.clock ? idBefore(rightOrigin) : right.origin
  if (left === null || origin === undefined) return beforeRight === null
  if (areNeighbours(left, origin.clock, right, rightOrigin.clock)) return true
  return standsOn(doc, origin, beforeRight) && !standsOn(doc, origin, rightOrigin)
}

function areNeighbours(left: Y.Item, leftClock: number, right: Y.Item, rightClock: number): boolean {
  if (left === right) return rightClock === leftClock + 1
  return left.right === right && leftClock === left.id.clock + left.length - 1 && rightClock === right.id.clock
}

function idBefore({ client, clock }: Id): Id {
  return { client, clock: clock - 1 }
}

/** Whether following origins from `from` comes to `to`; null is the beginning of the list, which everything stands on. */
function standsOn(doc: Y.Doc, from: Id, to: Id | null): boolean {
  if (to === null) return true
  let at: Id | null = from
  while (at !== null) {
    const item = placeOf(doc, at)
    if (item.id.client === to.client && item.id.clock <= to.clock && to.clock <= at.clock) return true
    at = item instanceof Y.Item ? item.origin : null
  }
  return false
}

/** How many elements hold the new one, itself included; 0 where what would hold it is gone. */
function depthOf(doc: Y.Doc, struct: Struct, beside: Y.Item | null): number {
  let holder = beside === null ? holderOf(doc, struct.parent) : beside.parent
  let depth = 1
  while (holder instanceof Y.AbstractType && holder._item !== null && depth <= MAX_NESTING) {
    depth++
    holder = holder._item.parent
  }
  return depth
}

function holderOf(doc: Y.Doc, parent: string | Id | undefined): unknown {
  if (parent === undefined || typeof parent === 'string') return null
  const place = placeOf(doc, parent)
  return place instanceof Y.Item && place.content instanceof Y.ContentType ? place.content.type : null
}
