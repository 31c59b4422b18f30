import * as Y from 'yjs'

import { Emitter } from '../base/emitter.ts'
import type { DeviceId, DocumentId } from '../base/ids.ts'
import type { ClientIds, SessionName } from './client-ids.ts'
import { MAX_DELETE_RANGES, MAX_UPDATE_STRUCTS } from './constants.ts'
import type { DocumentKind } from './document-ids.ts'
import { UpdateRefusedError } from './errors.ts'
import { applyAccepted, FROM_DISK } from './fold.ts'
import { ROOTS } from './update-check.ts'
import { MalformedUpdateError } from './yjs/byte-reader.ts'
import { readUpdate } from './yjs/read-update.ts'
import type { Update } from './yjs/struct.ts'

/** Where updates that came through the journal come from. */
const FROM_JOURNAL = 'journal'

export interface OpenDocumentEvents {
  /** The content changed. `origin` is the session that did it; undefined: it came through the journal. */
  readonly 'document:changed': { readonly update: Uint8Array; readonly origin: string | undefined }
}

/** A document in memory, while editors have it open or it was needed of late. */
export class OpenDocument {
  readonly id: DocumentId
  readonly kind: DocumentKind
  readonly events = new Emitter<OpenDocumentEvents>()
  readonly #doc: Y.Doc
  readonly #clientIds: ClientIds
  readonly #device: DeviceId
  /** Client ids that this device gave out for it. */
  readonly #given: Map<number, SessionName>

  constructor(options: {
    readonly id: DocumentId
    readonly kind: DocumentKind
    readonly doc: Y.Doc
    readonly clientIds: ClientIds
    readonly device: DeviceId
    readonly given: Map<number, SessionName>
  }) {
    this.id = options.id
    this.kind = options.kind
    this.#doc = options.doc
    this.#clientIds = options.clientIds
    this.#device = options.device
    this.#given = options.given
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === FROM_DISK) return
      const session = origin === FROM_JOURNAL ? undefined : String(origin)
      this.events.emit('document:changed', { update, origin: session })
    })
  }

  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc)
  }

  get stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc)
  }

  /** What somebody with this state vector lacks. */
  missing(stateVector: Uint8Array): Uint8Array {
    try {
      return Y.encodeStateAsUpdate(this.#doc, stateVector)
    } catch (error) {
      throw new UpdateRefusedError('its state vector cannot be read', { cause: error })
    }
  }

  give(session: SessionName): number {
    const client = this.#clientIds.of(this.id, this.#device, session)
    this.#given.set(client, session)
    return client
  }

  sessionOf(client: number): SessionName | undefined {
    return this.#given.get(client)
  }

  /** Takes updates that were accepted from the journal. */
  applyAccepted(updates: readonly Uint8Array[]): void {
    this.#doc.transact(() => {
      for (const update of updates) applyAccepted(this.#doc, update, FROM_JOURNAL)
    }, FROM_JOURNAL)
  }

  /**
   * Takes what was typed in a session; what is known already is skipped.
   * @throws UpdateRefusedError and takes nothing, where it says something in another's name or leaves a gap
   */
  applyTyped(session: string, update: Uint8Array): void {
    this.#check(update)
    Y.applyUpdate(this.#doc, update, session)
    if (this.#doc.store.pendingStructs !== null || this.#doc.store.pendingDs !== null) {
      throw new UpdateRefusedError('it builds on something that is not here')
    }
  }

  #check(bytes: Uint8Array): void {
    let update: Update
    try {
      update = readUpdate(bytes, { structs: MAX_UPDATE_STRUCTS * 128, ranges: MAX_DELETE_RANGES })
    } catch (error) {
      if (error instanceof MalformedUpdateError) throw new UpdateRefusedError(error.message, { cause: error })
      throw error
    }
    for (const { client, clock, end } of update.blocks) {
      const known = Y.getState(this.#doc.store, client)
      if (end <= known) continue
      if (!this.#given.has(client)) throw new UpdateRefusedError('it bears a client id that this editor was not given')
      if (clock > known) throw new UpdateRefusedError('something before it is missing')
    }
  }

  /** Changes the document on this machine's own behalf, as a session of its own. */
  edit(client: number, session: string, change: (doc: Y.Doc) => void): void {
    this.#doc.clientID = client
    this.#doc.transact(() => change(this.#doc), session)
  }

  get text(): Y.Text {
    return this.#doc.getText(ROOTS.text)
  }

  get fragment(): Y.XmlFragment {
    return this.#doc.getXmlFragment(ROOTS.rich)
  }

  destroy(): void {
    this.#doc.destroy()
  }
}
