import * as Y from 'yjs'

import { MAX_NESTING } from '../constants.ts'
import type { Block } from './block.ts'

/** A block with the elements that it is made of. */
export interface PlacedBlock extends Block {
  /** What holds it and the blocks within it. */
  readonly container: Y.XmlElement
  /** What bears its kind, attributes and text. */
  readonly element: Y.XmlElement
  /** It has no marks: its text is what stands in the element. */
  readonly isPlain: boolean
}

/** The blocks of a document in the order of reading. */
export function readBlocks(fragment: Y.XmlFragment): readonly PlacedBlock[] {
  const blocks: PlacedBlock[] = []
  collect(fragment, 0, 0, blocks)
  return blocks
}

function collect(parent: Y.XmlFragment, depth: number, nesting: number, blocks: PlacedBlock[]): void {
  if (nesting > MAX_NESTING) return
  for (const child of parent.toArray()) {
    if (!(child instanceof Y.XmlElement)) continue
    if (child.nodeName === 'blockGroup') collect(child, depth, nesting + 1, blocks)
    else if (child.nodeName !== 'blockContainer') blocks.push(readBlock(child, child, depth))
    else {
      for (const part of child.toArray()) {
        if (!(part instanceof Y.XmlElement)) continue
        if (part.nodeName === 'blockGroup') collect(part, depth + 1, nesting + 1, blocks)
        else blocks.push(readBlock(child, part, depth))
      }
    }
  }
}

function readBlock(container: Y.XmlElement, element: Y.XmlElement, depth: number): PlacedBlock {
  const raw = textWithin(element, false)
  const text = element.nodeName === 'codeBlock' ? raw : textWithin(element, true)
  const attributes = element.getAttributes() as Block['attributes']
  return { type: element.nodeName, depth, attributes, text, container, element, isPlain: text === raw }
}

/** The text of an element and of all within it: cells of a table are parted by bars. */
function textWithin(element: Y.XmlElement | Y.XmlFragment, marked: boolean, nesting = 0): string {
  if (nesting > MAX_NESTING) return ''
  const parts = element.toArray().map((child) => {
    if (child instanceof Y.XmlText) return textOf(child, marked)
    return child instanceof Y.XmlElement ? textWithin(child, marked, nesting + 1) : ''
  })
  const isTable = element instanceof Y.XmlElement && element.nodeName.startsWith('table')
  return parts.join(isTable ? ' | ' : '')
}

interface Piece {
  readonly insert?: unknown
  readonly attributes?: Readonly<Record<string, unknown>>
}

export function textOf(text: Y.XmlText, marked: boolean): string {
  return (text.toDelta() as readonly Piece[])
    .map(({ attributes, insert }) => {
      if (typeof insert !== 'string') return ''
      return marked && attributes !== undefined ? mark(insert, attributes) : insert
    })
    .join('')
}

const MARKS: readonly (readonly [name: string, mark: string])[] = [
  ['code', '`'],
  ['strike', '~~'],
  ['italic', '*'],
  ['bold', '**'],
]

/** Marks stand close to the words: spaces at the ends stay outside, as Markdown wants it. */
function mark(text: string, attributes: Readonly<Record<string, unknown>>): string {
  const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? []
  if (words === '') return text
  // The same mark twice over one text has a name with a suffix.
  const names = new Map(Object.entries(attributes).map(([name, value]) => [name.replace(/--.*$/, ''), value]))
  const marked = MARKS.reduce((inner, [name, sign]) => (isOn(names.get(name)) ? sign + inner + sign : inner), words)
  const href = hrefOf(names.get('link'))
  return before + (href === undefined ? marked : `[${marked}](${href})`) + after
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

function hrefOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('href' in value)) return undefined
  return typeof value.href === 'string' ? value.href : undefined
}
