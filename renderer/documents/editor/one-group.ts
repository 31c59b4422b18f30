import * as Y from 'yjs'

import { aliveBefore, elementsBefore, revived } from './revive.ts'

/**
 * BlockNote wants exactly one block group at the top. Where two machines typed into a document that was empty for both,
 * there are two after the merge, and the editor would show one and then delete the other. So the blocks of the second
 * are put behind those of the first before the editor sees anything. Every editor does this at once, possibly at the
 * same time as another; what was moved carries an id made of where it came from, so that doubles are known and dropped,
 * and what was not known to whoever moved the rest is moved by those who know it.
 * The limit: letters typed into a block after another moved it, and before hearing of that, go with it. That is why a
 * document is given its group when it is first opened (empty-rich.ts), and this is for two that did so apart.
 */
const MOVED = 'moved-'
const ORIGIN = 'one-group'

/** Keeps a rich document in the shape that editors know. Must be called before an editor is bound to it. Returns its undo. */
export function keepOneGroup(fragment: Y.XmlFragment): () => void {
  const { doc } = fragment
  if (doc === null) return () => undefined
  let known = firstGroup(fragment)
  const onChange = (transaction: Y.Transaction): void => {
    const before = known
    const changed = transaction.changed as Map<unknown, unknown>
    if (!changed.has(fragment) && !changed.has(before)) return
    doc.transact(() => {
      merge(fragment)
      if (before !== null && isDeleted(before)) rescue(fragment, before, transaction)
      dropDoubles(fragment)
    }, ORIGIN)
    known = firstGroup(fragment)
  }
  doc.transact(() => merge(fragment), ORIGIN)
  known = firstGroup(fragment)
  // Earlier than the editor's own observer, which so never meets what it does not know.
  doc.on('beforeObserverCalls', onChange)
  return () => doc.off('beforeObserverCalls', onChange)
}

/** Puts the blocks of all groups into the first. */
function merge(fragment: Y.XmlFragment): void {
  const [first, ...others] = groupsOf(fragment)
  if (first === undefined || fragment.length === 1) return
  for (const group of others) {
    const known = movedIds(first)
    const blocks = elementsOf(group).filter((block) => !known.has(movedId(block)))
    first.push(blocks.map((block) => named(block.clone(), movedId(block))))
  }
  for (let index = fragment.length - 1; index >= 0; index--) if (fragment.get(index) !== first) fragment.delete(index)
}

/** Somebody moved the blocks of `group` elsewhere and did not know all of them. */
function rescue(fragment: Y.XmlFragment, group: Y.XmlElement, transaction: Y.Transaction): void {
  const wasAlive = aliveBefore(transaction)
  const blocks = elementsBefore(group, wasAlive)
  const first = firstGroup(fragment)
  const known = first === null ? new Set<string>() : movedIds(first)
  // A group that was replaced rather than moved is not to come back.
  if (first !== null && !blocks.some((block) => known.has(movedId(block)))) return
  const lacking = blocks.filter((block) => !known.has(movedId(block)))
  const copies = lacking.map((block) => named(revived(block, wasAlive), movedId(block)))
  // Where they were moved to has not arrived yet.
  if (first === null) fragment.insert(0, [groupOf(copies)])
  else first.push(copies)
}

function groupOf(blocks: readonly Y.XmlElement[]): Y.XmlElement {
  const group = new Y.XmlElement('blockGroup')
  group.insert(0, [...blocks])
  return group
}

/** Of what was moved by several at once, the first stays. */
function dropDoubles(fragment: Y.XmlFragment): void {
  const group = firstGroup(fragment)
  if (group === null) return
  const seen = new Set<string>()
  const doubles = group.toArray().flatMap((block, index) => {
    const id = block instanceof Y.XmlElement ? idOf(block) : ''
    if (!id.startsWith(MOVED)) return []
    if (seen.has(id)) return [index]
    seen.add(id)
    return []
  })
  for (const index of doubles.reverse()) group.delete(index)
}

function named(block: Y.XmlElement, id: string): Y.XmlElement {
  block.setAttribute('id', id)
  return block
}

/** The same on every machine. What was moved once keeps its name when it has to be moved again. */
function movedId(block: Y.XmlElement): string {
  const id = idOf(block)
  if (id.startsWith(MOVED)) return id
  // Yjs tells where a type was made nowhere else.
  // oxlint-disable-next-line no-underscore-dangle
  const item = block._item
  return item === null ? id : `${MOVED}${item.id.client}-${item.id.clock}`
}

/** Also of a block that was deleted just now. */
function idOf(block: Y.XmlElement): string {
  // oxlint-disable-next-line no-underscore-dangle
  const value: unknown = block._map.get('id')?.content.getContent().at(-1)
  return typeof value === 'string' ? value : ''
}

function isDeleted(group: Y.XmlElement): boolean {
  // oxlint-disable-next-line no-underscore-dangle
  return group._item?.deleted === true
}

function movedIds(group: Y.XmlElement): ReadonlySet<string> {
  return new Set(
    elementsOf(group)
      .map(idOf)
      .filter((id) => id.startsWith(MOVED)),
  )
}

function firstGroup(fragment: Y.XmlFragment): Y.XmlElement | null {
  return groupsOf(fragment)[0] ?? null
}

function groupsOf(fragment: Y.XmlFragment): readonly Y.XmlElement[] {
  return elementsOf(fragment).filter((element) => element.nodeName === 'blockGroup')
}

function elementsOf(parent: Y.XmlFragment): readonly Y.XmlElement[] {
  return parent.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement)
}
