import * as Y from 'yjs'

/**
 * The shape of an empty rich document, exactly as BlockNote makes it at the first key. Whoever creates a document writes
 * it at once: so two machines that begin to type at the same time do so in the same paragraph, not each in its own.
 */
export function emptyRichUpdate(clientId: number): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = clientId
  const group = new Y.XmlElement('blockGroup')
  const container = new Y.XmlElement('blockContainer')
  const paragraph = new Y.XmlElement('paragraph')
  container.setAttribute('id', 'initialBlockId')
  paragraph.setAttribute('backgroundColor', 'default')
  paragraph.setAttribute('textAlignment', 'left')
  paragraph.setAttribute('textColor', 'default')
  doc.transact(() => {
    doc.getXmlFragment('rich').insert(0, [group])
    group.insert(0, [container])
    container.insert(0, [paragraph])
  })
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return update
}
