import * as Y from 'yjs'

import { toBase64url } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { diffSequences, diffText } from '../text-diff.ts'
import type { Block } from './block.ts'
import { parseBlocks, writeBlock } from './block.ts'
import type { PlacedBlock } from './read-blocks.ts'
import { readBlocks, textOf } from './read-blocks.ts'

const MAX_DIFFERENT_BLOCKS = 2000
const EMPTY: Block = { type: 'paragraph', depth: 0, attributes: {}, text: '' }

/** All blocks as text. */
export function writeMarkdown(fragment: Y.XmlFragment): string {
  const blocks = readBlocks(fragment)
  const isOnlyEmpty = blocks.length === 1 && blocks[0]?.type === 'paragraph' && blocks[0].text === ''
  return blocks.length === 0 || isOnlyEmpty ? '' : `${blocks.map(writeBlock).join('\n')}\n`
}

/**
 * Puts the first block into a document that has none: so that two editors who begin at the same time begin in one
 * place, and don't make two.
 */
export function beginBlocks(fragment: Y.XmlFragment, random: Random): Y.XmlElement {
  const first = fragment.toArray().find((child) => child instanceof Y.XmlElement && child.nodeName === 'blockGroup')
  if (first instanceof Y.XmlElement) return first
  const group = new Y.XmlElement('blockGroup')
  fragment.insert(fragment.length, [group])
  insertBlocks(group, 0, [EMPTY], random)
  return group
}

/** Puts blocks at the end; an empty last paragraph is where they begin. */
export function appendBlocks(fragment: Y.XmlFragment, text: string, random: Random): void {
  const group = beginBlocks(fragment, random)
  const appended = parseBlocks(text)
  if (appended.length === 0) return
  const blocks = readBlocks(fragment)
  const last = blocks[blocks.length - 1]
  const isEmpty = last?.type === 'paragraph' && last.text === '' && last.depth === 0 && last.element.length <= 1
  insertBlocks(group, group.length, appended, random)
  if (isEmpty && last !== undefined) deleteBlock(last)
}

/** Makes the document say this text, touching only blocks that differ. */
export function replaceBlocks(fragment: Y.XmlFragment, text: string, random: Random): void {
  const group = beginBlocks(fragment, random)
  const before = readBlocks(fragment)
  const after = parseBlocks(text)
  const names = new Map<string, number>()
  const nameOf = (block: Block): number => {
    const written = writeBlock(block)
    const name = names.get(written) ?? names.size
    names.set(written, name)
    return name
  }
  const hunks = diffSequences(before.map(nameOf), after.map(nameOf), MAX_DIFFERENT_BLOCKS)
  // From the end, so that what stands before a change stays where it is.
  for (const { from, fromEnd, to, toEnd } of [...hunks].reverse()) {
    const changed = Math.min(fromEnd - from, toEnd - to)
    let anchor = before[from + changed - 1]
    insertAfter(group, anchor, after.slice(to + changed, toEnd), random)
    for (const gone of before.slice(from + changed, fromEnd).reverse()) deleteBlock(gone)
    for (let i = changed - 1; i >= 0; i--) {
      const old = before[from + i]
      const fresh = after[to + i]
      anchor = before[from + i - 1]
      if (old !== undefined && fresh !== undefined) changeBlock(group, anchor, old, fresh, random)
    }
  }
  if (readBlocks(fragment).length === 0) {
    insertBlocks(group, 0, [EMPTY], random)
  }
}

function changeBlock(
  group: Y.XmlElement,
  anchor: PlacedBlock | undefined,
  old: PlacedBlock,
  fresh: Block,
  random: Random,
): void {
  const text = old.element.toArray().find((child) => child instanceof Y.XmlText)
  if (old.type === fresh.type && old.depth === fresh.depth && text instanceof Y.XmlText && old.element.length === 1) {
    const current = textOf(text, false)
    // Where marks stand in the way, the text is written anew; others' changes of the same block stay beside it.
    const edits = old.isPlain
      ? diffText(current, fresh.text)
      : [{ index: 0, remove: current.length, insert: fresh.text }]
    for (const { index, insert, remove } of [...edits].reverse()) {
      if (remove > 0) text.delete(index, remove)
      if (insert !== '') text.insert(index, insert, {})
    }
    setAttributes(old.element, fresh)
    return
  }
  insertAfter(group, anchor ?? old, [fresh], random, anchor === undefined ? 'before' : 'after')
  deleteBlock(old)
}

function insertAfter(
  group: Y.XmlElement,
  anchor: PlacedBlock | undefined,
  blocks: readonly Block[],
  random: Random,
  side: 'after' | 'before' = 'after',
): void {
  const parent = anchor?.container.parent
  if (anchor === undefined || !(parent instanceof Y.XmlFragment)) {
    insertBlocks(group, 0, blocks, random)
    return
  }
  const index = parent.toArray().indexOf(anchor.container)
  insertBlocks(parent, side === 'after' ? index + 1 : Math.max(0, index), blocks, random)
}

function insertBlocks(parent: Y.XmlFragment, index: number, blocks: readonly Block[], random: Random): void {
  if (blocks.length === 0) return
  parent.insert(
    index,
    blocks.map((block) => containerOf(block, random)),
  )
}

function containerOf(block: Block, random: Random): Y.XmlElement {
  const container = new Y.XmlElement('blockContainer')
  container.setAttribute('id', toBase64url(random.bytes(12)))
  const element = new Y.XmlElement(block.type)
  setAttributes(element, block)
  if (block.type !== 'divider') {
    const text = new Y.XmlText()
    if (block.text !== '') text.insert(0, block.text)
    element.insert(0, [text])
  }
  container.insert(0, [element])
  return container
}

/** Attributes may be any value, also where Yjs's types say text. */
interface Attributed {
  setAttribute(name: string, value: unknown): void
}

function setAttributes(element: Y.XmlElement, { attributes }: Block): void {
  const isNew = element.doc === null
  for (const [name, value] of Object.entries(attributes)) {
    if (isNew || element.getAttribute(name) !== value) (element as Attributed).setAttribute(name, value)
  }
}

/** Takes a block out; the blocks within it move up to where it stood in the reading only if there are none. */
function deleteBlock({ container, element }: PlacedBlock): void {
  const holds = container === element ? element : container
  const hasWithin = container !== element && container.length > 1
  const parent = hasWithin ? undefined : holds.parent
  if (parent instanceof Y.XmlFragment) {
    const index = parent.toArray().indexOf(holds)
    if (index !== -1) parent.delete(index, 1)
    return
  }
  // Others stand within: their place has to stay, so only the text goes.
  for (const child of element.toArray()) if (child instanceof Y.XmlText) child.delete(0, child.length)
}
