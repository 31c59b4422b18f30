import * as Y from 'yjs'

/**
 * BlockNote wants exactly one block group at the top. Where two machines typed into a document that was empty for both,
 * there are two after the merge, and the editor would show one and then delete the other. So the blocks of the second
 * are put behind those of the first before the editor sees anything. Every editor does this at once, possibly at the
 * same time as another; what was moved carries an id made of where it came from, so that doubles are known and dropped.
 */
const MOVED = 'moved-'
const ORIGIN = 'one-group'

/** Keeps a rich document in the shape that editors know. Must be called before an editor is bound to it. Returns its undo. */
export function keepOneGroup(fragment: Y.XmlFragment): () => void {
  const doc = fragment.doc
  if (doc === null) return () => undefined
  const tidy = (): void => {
    if (needsMerge(fragment) || hasDoubles(fragment)) doc.transact(() => merge(fragment), ORIGIN)
  }
  const onChange = (transaction: Y.Transaction): void => {
    const first = firstGroup(fragment)
    const changed = transaction.changed as Map<unknown, unknown>
    if (changed.has(fragment) || (first !== null && changed.has(first))) tidy()
  }
  tidy()
  // Earlier than the editor's own observer, which so never meets what it does not know.
  doc.on('beforeObserverCalls', onChange)
  return () => doc.off('beforeObserverCalls', onChange)
}

function merge(fragment: Y.XmlFragment): void {
  const [first, ...others] = groupsOf(fragment)
  if (first === undefined) return
  for (const group of others) {
    const known = new Set(movedIds(first))
    const blocks = elementsOf(group).filter((block) => !known.has(movedId(block)))
    first.insert(first.length, blocks.map(moved))
  }
  for (let index = fragment.length - 1; index >= 0; index--) if (fragment.get(index) !== first) fragment.delete(index)
  dropDoubles(first)
}

function dropDoubles(group: Y.XmlElement): void {
  const seen = new Set<string>()
  elementsOf(group)
    .map((block, index) => ({ id: block.getAttribute('id') ?? '', index }))
    .filter(({ id }) => id.startsWith(MOVED) && (seen.has(id) || seen.add(id) === undefined))
    .reverse()
    .forEach(({ index }) => group.delete(index))
}

function moved(block: Y.XmlElement): Y.XmlElement {
  const id = movedId(block)
  const copy = block.clone()
  copy.setAttribute('id', id)
  return copy
}

/** The same on every machine. What was moved once keeps its name when it has to be moved again. */
function movedId(block: Y.XmlElement): string {
  const id = block.getAttribute('id') ?? ''
  if (id.startsWith(MOVED)) return id
  // Yjs tells where a type was made nowhere else.
  // oxlint-disable-next-line no-underscore-dangle
  const item = block._item
  return item === null ? id : `${MOVED}${item.id.client}-${item.id.clock}`
}

function movedIds(group: Y.XmlElement): readonly string[] {
  return elementsOf(group)
    .map((block) => block.getAttribute('id') ?? '')
    .filter((id) => id.startsWith(MOVED))
}

function needsMerge(fragment: Y.XmlFragment): boolean {
  return fragment.length > 1
}

function hasDoubles(fragment: Y.XmlFragment): boolean {
  const first = firstGroup(fragment)
  if (first === null) return false
  const ids = movedIds(first)
  return new Set(ids).size < ids.length
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
