import * as Y from 'yjs'

import { RICH } from './empty-rich.ts'

/** The name under which peers keep plain text. */
const TEXT = 'text'

/** Whether an update can be taken in whole: nothing that it stands on is missing. */
export function fits(doc: Y.Doc, update: Uint8Array): boolean {
  const probe = new Y.Doc()
  Y.applyUpdate(probe, Y.encodeStateAsUpdate(doc))
  Y.applyUpdate(probe, update)
  const { pendingDs, pendingStructs } = probe.store
  probe.destroy()
  return pendingStructs === null && pendingDs === null
}

/** The numbers under which an update says something. */
export function clientsOf(update: Uint8Array): readonly number[] {
  return Y.decodeUpdate(update).structs.map(({ id }) => id.client)
}

/**
 * Brings what was typed here into a document that was built anew without it, because something that it stood on counts no
 * more: letter for letter, behind the nearest thing before it that is still there. Formats are lost with it.
 * @param clients numbers under which it was typed here
 */
export function salvage(before: Y.Doc, after: Y.Doc, clients: ReadonlySet<number>): void {
  const plain = before.share.has(TEXT) ? before.getText(TEXT) : null
  if (plain !== null) {
    for (const { anchors, text } of lostIn(plain, after, clients)) putBehind(after.getText(TEXT), anchors, text)
  }
  if (!before.share.has(RICH)) return
  for (const text of textsIn(before.getXmlFragment(RICH))) {
    const counterpart = counterpartOf(text, after)
    for (const lost of lostIn(text, after, clients)) {
      if (counterpart !== null) putBehind(counterpart, lost.anchors, lost.text)
      else addParagraph(after.getXmlFragment(RICH), lost.text)
    }
  }
}

interface Lost {
  readonly text: string
  /** What stands before it and is still there, farthest first. */
  readonly anchors: readonly Y.ID[]
}

function lostIn(text: Y.Text, after: Y.Doc, clients: ReadonlySet<number>): readonly Lost[] {
  const lost: Lost[] = []
  const anchors: Y.ID[] = []
  let run = ''
  const end = (): void => {
    if (run !== '') lost.push({ text: run, anchors: [...anchors] })
    run = ''
  }
  for (let item = text._start; item !== null; item = item.right) {
    const { client, clock } = item.id
    const kept = Math.min(item.length, Math.max(0, Y.getState(after.store, client) - clock))
    if (kept > 0) {
      end()
      anchors.push(Y.createID(client, clock + kept - 1))
    }
    const isTyped = !item.deleted && clients.has(client) && item.content instanceof Y.ContentString
    if (isTyped && kept < item.length) run += (item.content as Y.ContentString).str.slice(kept)
  }
  end()
  return lost
}

function putBehind(text: Y.Text, anchors: readonly Y.ID[], typed: string): void {
  const place = [...anchors].reverse().map((anchor) => placeBehind(text, anchor))
  text.insert(place.find((index) => index !== null) ?? 0, typed)
}

function placeBehind(text: Y.Text, { client, clock }: Y.ID): number | null {
  let index = 0
  for (let item = text._start; item !== null; item = item.right) {
    const isVisible = !item.deleted && item.countable
    const within = item.id.client === client && clock >= item.id.clock && clock < item.id.clock + item.length
    if (within) return isVisible ? index + clock - item.id.clock + 1 : index
    if (isVisible) index += item.length
  }
  return null
}

function textsIn(node: Y.XmlFragment): readonly Y.XmlText[] {
  return node
    .toArray()
    .flatMap((child) => (child instanceof Y.XmlText ? [child] : child instanceof Y.XmlFragment ? textsIn(child) : []))
}

/** The same text in the other document; null where it is not there (any more). */
function counterpartOf(text: Y.XmlText, after: Y.Doc): Y.XmlText | null {
  const id = text._item?.id
  if (id === undefined || id.clock >= Y.getState(after.store, id.client)) return null
  const item = Y.getItem(after.store, id)
  if (!(item instanceof Y.Item) || item.deleted || !(item.content instanceof Y.ContentType)) return null
  const { type } = item.content
  return type instanceof Y.XmlText ? type : null
}

/** At the end, in a block of its own, as BlockNote makes them. */
function addParagraph(fragment: Y.XmlFragment, typed: string): void {
  const group = fragment.get(0)
  if (!(group instanceof Y.XmlElement)) return
  const container = new Y.XmlElement('blockContainer')
  const paragraph = new Y.XmlElement('paragraph')
  container.setAttribute('id', crypto.randomUUID())
  paragraph.insert(0, [new Y.XmlText(typed)])
  container.insert(0, [paragraph])
  group.insert(group.length, [container])
}
