import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import type * as Y from 'yjs'

import type { EditorUser } from './session-state.ts'

/** Cursors move faster than others need to see: about eight times a second goes out. */
const EVERY_MS = 120
const FROM_PEER = 'peer'

interface AwarenessChange {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}

/** Who is in the document and where their cursors are, to and from the peer. */
export class PresenceLink {
  readonly awareness: Awareness
  readonly #send: (state: Uint8Array) => void
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(doc: Y.Doc, user: EditorUser, send: (state: Uint8Array) => void) {
    this.awareness = new Awareness(doc)
    this.#send = send
    this.awareness.setLocalStateField('user', user)
    this.awareness.on('update', (change: AwarenessChange, origin: unknown) => {
      // Whoever has just come does not know of this editor yet.
      if (origin === 'local' || change.added.length > 0) this.#soon()
    })
    this.#soon()
  }

  receive(state: Uint8Array): void {
    applyAwarenessUpdate(this.awareness, state, FROM_PEER)
  }

  /** The session was opened again: others know this editor by another number now. */
  rename(clientId: number): void {
    const { awareness } = this
    const state = awareness.getLocalState()
    if (awareness.clientID === clientId) return
    removeAwarenessStates(awareness, [...awareness.states.keys()], FROM_PEER)
    awareness.clientID = clientId
    awareness.setLocalState(state)
  }

  /** Tells others that nobody is here any more. */
  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    removeAwarenessStates(this.awareness, [this.awareness.clientID], 'closed')
    this.#tell()
    this.awareness.destroy()
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#tell()
    }, EVERY_MS)
  }

  #tell(): void {
    this.#send(encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]))
  }
}
