import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'

import { layGround } from '../../renderer/documents/empty-rich.ts'
import { keepOneGroup } from '../../renderer/documents/editor/one-group.ts'

class Editor {
  readonly doc = new Y.Doc()
  readonly outbox: Uint8Array[] = []

  constructor(clientId: number) {
    this.doc.clientID = clientId
    keepOneGroup(this.fragment)
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'remote') this.outbox.push(update)
    })
  }

  get fragment(): Y.XmlFragment {
    return this.doc.getXmlFragment('rich')
  }

  get lines(): readonly string[] {
    return [...this.fragment.toJSON().matchAll(/<paragraph[^>]*>(.*?)<\/paragraph>/g)].map((found) => found[1] ?? '')
  }

  /** As BlockNote does at the first key in an empty document, and later at the end of a paragraph. */
  type(text: string): void {
    this.doc.transact(() => {
      if (this.fragment.length === 0) this.fragment.insert(0, [block(text)])
      else (this.fragment.get(0) as Y.XmlElement).push([container(`${this.doc.clientID}-${text}`, text)])
    })
  }

  receive(updates: readonly Uint8Array[]): void {
    for (const update of updates) Y.applyUpdate(this.doc, update, 'remote')
  }
}

function block(text: string): Y.XmlElement {
  const group = new Y.XmlElement('blockGroup')
  group.insert(0, [container('initialBlockId', text)])
  return group
}

function container(id: string, text: string): Y.XmlElement {
  const element = new Y.XmlElement('blockContainer')
  element.setAttribute('id', id)
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(text)])
  element.insert(0, [paragraph])
  return element
}

/** Everything to everybody until nothing new is said. */
function exchange(editors: readonly Editor[]): void {
  for (let round = 0; round < 10; round++) {
    const said = editors.map((editor) => editor.outbox.splice(0))
    if (said.every((updates) => updates.length === 0)) return
    for (const [to, editor] of editors.entries()) {
      editor.receive(said.flatMap((updates, from) => (from === to ? [] : updates)))
    }
  }
  throw new Error('the editors answer each other without an end')
}

describe('one block group', () => {
  test('what two wrote into one empty document is there in one group, once', () => {
    const editors = [new Editor(1), new Editor(2)] as const
    editors[0].type('alice')
    editors[1].type('bob')
    exchange(editors)
    for (const editor of editors) {
      expect(editor.fragment.length).toBe(1)
      expect([...editor.lines].sort()).toEqual(['alice', 'bob'])
    }
    expect(editors[0].fragment.toJSON()).toBe(editors[1].fragment.toJSON())
  })

  test('one that saw both at opening mends it too', () => {
    const [alice, bob, carol] = [new Y.Doc(), new Y.Doc(), new Y.Doc()] as const
    for (const [doc, text] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const)
      doc.getXmlFragment('rich').insert(0, [block(text)])
    for (const doc of [alice, bob]) Y.applyUpdate(carol, Y.encodeStateAsUpdate(doc))
    expect(carol.getXmlFragment('rich').length).toBe(2)
    keepOneGroup(carol.getXmlFragment('rich'))
    expect(carol.getXmlFragment('rich').length).toBe(1)
    expect(carol.getXmlFragment('rich').toJSON()).toMatch(/alice.*bob|bob.*alice/)
  })

  test('any number of editors, in any order of arrival, lose nothing and double nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.nat(), { minLength: 3, maxLength: 14 }),
        (count, steps) => {
          const editors = Array.from({ length: count }, (_, index) => new Editor(index + 1))
          const written = editors.flatMap((editor, index) => {
            const lines = ['first', 'second', 'third'].map((line) => `${line}-${index}`)
            for (const line of lines) editor.type(line)
            return lines
          })
          for (const [number, step] of steps.entries()) {
            const editor = editors[step % count]
            const other = editors[(step >> 4) % count]
            if (editor === undefined || other === undefined) continue
            if (step % 3 === 0) {
              editor.type(`more-${number}`)
              written.push(`more-${number}`)
            }
            // A part of what somebody said arrives early; later it comes again.
            else if (editor !== other) other.receive(editor.outbox)
          }
          exchange(editors)
          for (const editor of editors) {
            expect(editor.fragment.length).toBe(1)
            expect([...editor.lines].sort()).toEqual([...written].sort())
          }
          expect(new Set(editors.map((editor) => editor.fragment.toJSON())).size).toBe(1)
        },
      ),
      { numRuns: 100, seed: 7 },
    )
  })

  test('a new document begins with the paragraph that editors make, so that both type into it', () => {
    const doc = new Y.Doc()
    layGround(doc)
    layGround(doc)
    expect(doc.getXmlFragment('rich').toJSON()).toBe(
      '<blockgroup><blockcontainer id="initialBlockId"><paragraph backgroundColor="default" textAlignment="left" textColor="default"></paragraph></blockcontainer></blockgroup>',
    )
  })
})
