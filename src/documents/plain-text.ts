import type * as Y from 'yjs'

import type { Random } from '../base/random.ts'
import type { DocumentKind } from './document-ids.ts'
import { appendBlocks, beginBlocks, replaceBlocks, writeMarkdown } from './rich/write-blocks.ts'
import { diffText } from './text-diff.ts'
import { ROOTS } from './update-check.ts'

/** A document as text: what it holds, or Markdown. */
export function textOfDocument(doc: Y.Doc, kind: DocumentKind): string {
  return kind === 'text' ? doc.getText(ROOTS.text).toJSON() : writeMarkdown(doc.getXmlFragment(ROOTS.rich))
}

/** Puts in what every document of a kind begins with. */
export function beginDocument(doc: Y.Doc, random: Random): void {
  if (doc.share.has(ROOTS.rich)) beginBlocks(doc.getXmlFragment(ROOTS.rich), random)
}

export function replaceText(doc: Y.Doc, kind: DocumentKind, text: string, random: Random): void {
  if (kind === 'rich') {
    replaceBlocks(doc.getXmlFragment(ROOTS.rich), text, random)
    return
  }
  const root = doc.getText(ROOTS.text)
  // From the end, so that the places of earlier changes hold.
  for (const { index, insert, remove } of [...diffText(root.toJSON(), text)].reverse()) {
    if (remove > 0) root.delete(index, remove)
    if (insert !== '') root.insert(index, insert)
  }
}

/** At the end, as it is: whoever wants a line of their own says so. In rich text as blocks of its own. */
export function appendText(doc: Y.Doc, kind: DocumentKind, text: string, random: Random): void {
  if (kind === 'rich') {
    appendBlocks(doc.getXmlFragment(ROOTS.rich), text, random)
    return
  }
  const root = doc.getText(ROOTS.text)
  if (text !== '') root.insert(root.length, text)
}
