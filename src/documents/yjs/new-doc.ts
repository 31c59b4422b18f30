import * as Y from 'yjs'

import type { DocumentKind } from '../document-ids.ts'
import { ROOTS } from '../update-check.ts'

/**
 * An empty document of a kind, with its root. It is a function of the updates applied to it and nothing else: what
 * Yjs would do by itself after formatting came from elsewhere (deleting marks that look redundant) is left to editors,
 * which say so in updates of their own.
 */
export function newDoc(kind: DocumentKind): Y.Doc {
  const doc = new Y.Doc()
  if (kind === 'text') doc.getText(ROOTS.text)
  else doc.getXmlFragment(ROOTS.rich)
  doc.on('afterTransaction', (transaction) => {
    transaction._needFormattingCleanup = false
  })
  return doc
}
