// Yjs keeps what a transaction deleted until the transaction has been told to everybody, and tells of it nowhere else.
// oxlint-disable no-underscore-dangle
import * as Y from 'yjs'

/** Whether an item was there before the transaction that is being told right now. */
export type WasAlive = (item: Y.Item) => boolean

export function aliveBefore(transaction: Y.Transaction): WasAlive {
  return (item) => !item.deleted || Y.isDeleted(transaction.deleteSet, item.id)
}

/** The elements directly in `parent` as they were before the transaction. */
export function elementsBefore(parent: Y.XmlElement, wasAlive: WasAlive): readonly Y.XmlElement[] {
  return typesIn(parent, wasAlive).filter((type): type is Y.XmlElement => type instanceof Y.XmlElement)
}

/** A copy of an element as it was before the transaction, to be put somewhere else. */
export function revived(element: Y.XmlElement, wasAlive: WasAlive): Y.XmlElement {
  const copy = new Y.XmlElement(element.nodeName)
  for (const [name, item] of element._map) {
    const value: unknown = item.content.getContent().at(-1)
    if (wasAlive(item) && typeof value === 'string') copy.setAttribute(name, value)
  }
  const children = typesIn(element, wasAlive).flatMap((child): (Y.XmlElement | Y.XmlText)[] => {
    if (child instanceof Y.XmlText) return [revivedText(child, wasAlive)]
    return child instanceof Y.XmlElement ? [revived(child, wasAlive)] : []
  })
  copy.insert(0, children)
  return copy
}

function revivedText(text: Y.XmlText, wasAlive: WasAlive): Y.XmlText {
  const delta: { readonly insert: unknown; readonly attributes: Readonly<Record<string, unknown>> }[] = []
  let attributes: Readonly<Record<string, unknown>> = {}
  for (const item of itemsOf(text)) {
    if (!wasAlive(item)) continue
    const { content } = item
    if (content instanceof Y.ContentFormat) attributes = { ...attributes, [content.key]: content.value }
    else if (content instanceof Y.ContentString) delta.push({ insert: content.str, attributes })
    else if (content instanceof Y.ContentEmbed) delta.push({ insert: content.embed, attributes })
  }
  const copy = new Y.XmlText()
  copy.applyDelta(delta)
  return copy
}

function typesIn(parent: Y.XmlElement, wasAlive: WasAlive): readonly unknown[] {
  return itemsOf(parent).flatMap((item) =>
    wasAlive(item) && item.content instanceof Y.ContentType ? [item.content.type as unknown] : [],
  )
}

function itemsOf(type: Y.XmlElement | Y.XmlText): readonly Y.Item[] {
  const items: Y.Item[] = []
  for (let item = type._start; item !== null; item = item.right) items.push(item)
  return items
}
