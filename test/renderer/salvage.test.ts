import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'

import { layGround, RICH } from '../../renderer/documents/empty-rich.ts'
import { fits, salvage } from '../../renderer/documents/salvage.ts'

const ALICE = 1
const BOB = 2
const CAROL = 3

function docOf(client: number, ...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  doc.clientID = client
  return doc
}

/** What a change adds. */
function change(doc: Y.Doc, client: number, make: (doc: Y.Doc) => void): Uint8Array {
  const vector = Y.encodeStateVector(doc)
  doc.clientID = client
  make(doc)
  return Y.encodeStateAsUpdate(doc, vector)
}

const textOf = (doc: Y.Doc): Y.Text => doc.getText('text')

describe('what was typed on what counts no more', () => {
  test('comes behind the nearest thing before it that is still there', () => {
    const before = docOf(ALICE)
    const base = change(before, BOB, (doc) => textOf(doc).insert(0, 'one two'))
    change(before, CAROL, (doc) => textOf(doc).insert(3, ' CUT'))
    const typed = change(before, ALICE, (doc) => textOf(doc).insert(7, ' kept'))
    change(before, ALICE, (doc) => textOf(doc).insert(0, 'zero '))
    expect(textOf(before).toJSON()).toBe('zero one CUT kept two')
    const after = docOf(ALICE, base)
    expect(fits(after, typed)).toBe(false)
    salvage(before, after, new Set([ALICE]))
    expect(textOf(after).toJSON()).toBe('zero one kept two')
    expect(after.store.pendingStructs).toBeNull()
  })

  test('is not put in twice, nor is what others typed or what was deleted again', () => {
    const before = docOf(ALICE)
    const base = change(before, BOB, (doc) => textOf(doc).insert(0, 'one'))
    const own = change(before, ALICE, (doc) => textOf(doc).insert(3, ' two'))
    change(before, CAROL, (doc) => textOf(doc).insert(7, ' CUT'))
    change(before, ALICE, (doc) => {
      textOf(doc).insert(11, ' gone')
      textOf(doc).delete(11, 5)
    })
    const after = docOf(ALICE, base, own)
    salvage(before, after, new Set([ALICE]))
    expect(textOf(after).toJSON()).toBe('one two')
  })

  test('fits as it is where its ground is there', () => {
    const before = docOf(ALICE)
    const base = change(before, BOB, (doc) => textOf(doc).insert(0, 'one'))
    const own = change(before, ALICE, (doc) => textOf(doc).insert(3, ' two'))
    expect(fits(docOf(ALICE, base), own)).toBe(true)
  })

  test('in rich text stays in its paragraph, or gets one at the end', () => {
    const before = docOf(BOB)
    const paragraphs = (doc: Y.Doc): Y.XmlElement => doc.getXmlFragment(RICH).get(0) as Y.XmlElement
    const base = change(before, BOB, (doc) => {
      layGround(doc)
      const container = paragraphs(doc).get(0) as Y.XmlElement
      const paragraph = container.get(0) as Y.XmlElement
      paragraph.insert(0, [new Y.XmlText('first')])
    })
    change(before, CAROL, (doc) => {
      const container = new Y.XmlElement('blockContainer')
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.insert(0, [new Y.XmlText('CUT')])
      container.insert(0, [paragraph])
      paragraphs(doc).insert(1, [container])
    })
    const texts = (doc: Y.Doc): Y.XmlText[] =>
      (paragraphs(doc).toArray() as Y.XmlElement[]).map(
        (container) => (container.get(0) as Y.XmlElement).get(0) as Y.XmlText,
      )
    change(before, CAROL, (doc) => texts(doc)[0]?.insert(5, ' CUT'))
    change(before, ALICE, (doc) => {
      texts(doc)[0]?.insert(9, ' kept')
      texts(doc)[1]?.insert(3, 'kept too')
    })
    const after = docOf(ALICE, base)
    salvage(before, after, new Set([ALICE]))
    expect(texts(after).map((text) => text.toJSON())).toEqual(['first kept', 'kept too'])
  })
})
