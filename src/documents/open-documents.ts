import { decodeCborMap, encodeCbor, readText, readWhole } from '../base/cbor.ts'
import type { DeviceId, DocumentId } from '../base/ids.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { SessionName } from './client-ids.ts'
import { MAX_SESSION_NUMBER } from './client-ids.ts'
import { MAX_IDLE_DOCUMENTS, MAX_REMEMBERED_SESSIONS } from './constants.ts'
import { kindOf } from './document-ids.ts'
import type { DocumentsProjection } from './documents-projection.ts'
import { DocumentNotFoundError } from './errors.ts'
import { openDoc } from './fold.ts'
import { OpenDocument } from './open-document.ts'
import { clientOfKey, givenKey, givenPrefix, statePrefix } from './records.ts'

/** Documents in memory: those in use, and the latest others. */
export class OpenDocuments {
  readonly #projection: DocumentsProjection
  readonly #store: RecordStore
  readonly #device: DeviceId
  readonly #isUsed: (document: DocumentId) => boolean
  readonly #open = new Map<DocumentId, Promise<OpenDocument>>()
  /** What is accepted while a document is being read from the disk. */
  readonly #meanwhile = new Map<DocumentId, Uint8Array[]>()
  readonly #ready = new Map<DocumentId, OpenDocument>()

  constructor(options: {
    readonly projection: DocumentsProjection
    readonly store: RecordStore
    readonly device: DeviceId
    readonly isUsed: (document: DocumentId) => boolean
  }) {
    this.#projection = options.projection
    this.#store = options.store
    this.#device = options.device
    this.#isUsed = options.isUsed
  }

  /** The document where it is in memory. */
  get(document: DocumentId): OpenDocument | undefined {
    return this.#ready.get(document)
  }

  async load(document: DocumentId): Promise<OpenDocument> {
    const known = this.#open.get(document)
    if (known !== undefined) {
      this.#open.delete(document)
      this.#open.set(document, known)
      return await known
    }
    const loading = this.#load(document)
    this.#open.set(document, loading)
    loading.catch(() => this.#open.delete(document))
    const opened = await loading
    this.#limit()
    return opened
  }

  async #load(document: DocumentId): Promise<OpenDocument> {
    const kind = kindOf(document)
    if (kind === undefined) throw new DocumentNotFoundError(document)
    const meanwhile: Uint8Array[] = []
    this.#meanwhile.set(document, meanwhile)
    try {
      const records: (readonly [Uint8Array, Uint8Array])[] = []
      for await (const record of this.#store.entries(prefixRange(statePrefix(document)))) records.push(record)
      const given = await this.#given(document)
      const { clientIds } = this.#projection
      const doc = openDoc(kind, records)
      const opened = new OpenDocument({ id: document, kind, doc, clientIds, device: this.#device, given })
      opened.applyAccepted(meanwhile)
      this.#ready.set(document, opened)
      return opened
    } finally {
      this.#meanwhile.delete(document)
    }
  }

  async #given(document: DocumentId): Promise<Map<number, SessionName>> {
    const given = new Map<number, SessionName>()
    const range = { ...prefixRange(givenPrefix(document)), limit: MAX_REMEMBERED_SESSIONS }
    for await (const [key, value] of this.#store.entries(range)) {
      const fields = decodeCborMap(value, 256)
      const incarnation = readText(fields?.get('incarnation'), 32)
      const number = readWhole(fields?.get('number'), 0, MAX_SESSION_NUMBER)
      if (incarnation !== undefined && number !== undefined) given.set(clientOfKey(key), { incarnation, number })
    }
    return given
  }

  /** Gives out a client id, and remembers it for what its editor can only hand over later. */
  async give(opened: OpenDocument, session: SessionName): Promise<number> {
    const client = opened.give(session)
    const put = { type: 'put', key: givenKey(opened.id, client), value: encodeCbor(session) } as const
    await this.#store.write([put], { durable: false })
    return client
  }

  /** Content was accepted from the journal. */
  accept(document: DocumentId, updates: readonly Uint8Array[]): void {
    this.#meanwhile.get(document)?.push(...updates)
    this.#ready.get(document)?.applyAccepted(updates)
  }

  /** Lets go of a document whose state in memory is no longer that on disk. */
  forget(document: DocumentId): void {
    this.#open.delete(document)
    this.#ready.get(document)?.destroy()
    this.#ready.delete(document)
  }

  #limit(): void {
    let idle = [...this.#ready.keys()].filter((document) => !this.#isUsed(document)).length
    for (const document of this.#open.keys()) {
      if (idle <= MAX_IDLE_DOCUMENTS) return
      if (this.#isUsed(document) || !this.#ready.has(document)) continue
      this.forget(document)
      idle -= 1
    }
  }

  get all(): Iterable<DocumentId> {
    return [...this.#open.keys()]
  }
}
