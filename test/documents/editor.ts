import * as Y from 'yjs'

import type { Documents, OpenedDocument } from '../../src/documents/index.ts'

const FROM_PEER = 'peer'

/** A stock Yjs editor on one session, as a window or page is. */
export class Editor {
  readonly doc = new Y.Doc()
  readonly opened: OpenedDocument
  /** Updates that the peer has not acknowledged. */
  readonly unsaved: Uint8Array[] = []
  readonly pushes: Promise<void>[] = []
  readonly received: Uint8Array[] = []
  readonly resets: string[] = []
  readonly #documents: Documents
  /** Keeps what is typed to itself. */
  offline = false

  constructor(documents: Documents, opened: OpenedDocument) {
    this.#documents = documents
    this.opened = opened
    Y.applyUpdate(this.doc, opened.state, FROM_PEER)
    this.doc.clientID = opened.clientId
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_PEER) this.#typed(update)
    })
    documents.events.on('document:updated', ({ session, update }) => {
      if (session !== opened.session) return
      this.received.push(update)
      Y.applyUpdate(this.doc, update, FROM_PEER)
    })
    documents.events.on('document:reset', ({ reason, session }) => {
      if (session === opened.session) this.resets.push(reason)
    })
  }

  static async open(documents: Documents, id: string): Promise<Editor> {
    return new Editor(documents, await documents.open(id))
  }

  #typed(update: Uint8Array): void {
    this.unsaved.push(update)
    if (this.offline) return
    const pushed = this.#documents.push(this.opened.session, update).then(() => {
      this.unsaved.splice(this.unsaved.indexOf(update), 1)
    })
    pushed.catch(() => undefined)
    this.pushes.push(pushed)
  }

  get text(): Y.Text {
    return this.doc.getText('text')
  }

  type(index: number, text: string): void {
    this.text.insert(index, text)
  }

  async saved(): Promise<void> {
    await Promise.all(this.pushes)
  }
}
