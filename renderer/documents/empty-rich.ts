import * as Y from 'yjs'

/** The name under which peers keep rich text. */
export const RICH = 'rich'

/**
 * Gives a rich document that has nothing yet the shape of an empty one, exactly as BlockNote makes it at the first key.
 * Whoever opens one does so at once: so two machines that begin to type at the same time do so in the same paragraph,
 * not each in its own.
 */
export function layGround(doc: Y.Doc): void {
  const fragment = doc.getXmlFragment(RICH)
  if (fragment.length > 0) return
  doc.transact(() => {
    const group = new Y.XmlElement('blockGroup')
    const container = new Y.XmlElement('blockContainer')
    const paragraph = new Y.XmlElement('paragraph')
    container.setAttribute('id', 'initialBlockId')
    paragraph.setAttribute('backgroundColor', 'default')
    paragraph.setAttribute('textAlignment', 'left')
    paragraph.setAttribute('textColor', 'default')
    container.insert(0, [paragraph])
    group.insert(0, [container])
    fragment.insert(0, [group])
  })
}
