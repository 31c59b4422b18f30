import * as Y from 'yjs'

import type { ApiClient } from '../../src/api/index.ts'
import { Editor } from './editor.ts'

const FROM_PEER = 'peer'

/** An editor on a document of a peer, which hands over what is typed as the interface does: one push under way, the rest together. */
export async function openEditor(client: ApiClient, document: string): Promise<Editor> {
  const early: { readonly session: string; readonly update: Uint8Array }[] = []
  let session = ''
  const doc = new Y.Doc()
  client.on('document:updated', (event) => {
    if (session === '') early.push(event)
    else if (event.session === session) Y.applyUpdate(doc, event.update, FROM_PEER)
  })
  const opened = await client.call('document.open', { document })
  session = opened.session
  doc.clientID = opened.clientId
  Y.applyUpdate(doc, opened.state, FROM_PEER)
  for (const { session: of, update } of early) if (of === session) Y.applyUpdate(doc, update, FROM_PEER)

  let unsaved: Uint8Array[] = []
  let pushing = false
  const push = async (): Promise<void> => {
    pushing = true
    while (unsaved.length > 0) {
      const update = Y.mergeUpdates(unsaved)
      unsaved = []
      await client.call('document.push', { session, update })
    }
    pushing = false
  }
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === FROM_PEER) return
    unsaved.push(update)
    if (!pushing) void push()
  })
  return new Editor(doc)
}
