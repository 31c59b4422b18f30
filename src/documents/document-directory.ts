import { parseDocumentId } from '../base/ids.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import type { Journal } from '../journal/journal.ts'
import { prefixRange } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import { encodeBody } from './bodies.ts'
import { documentBytes, documentIdOf, kindOf } from './document-ids.ts'
import type { DocumentView } from './documents.ts'
import { DocumentDeletedError, DocumentNotFoundError } from './errors.ts'
import type { Metadata } from './metadata.ts'
import { decodeMetadata } from './metadata.ts'
import type { Presence } from './presence.ts'
import { documentOfKey, metaKey, metaPrefix } from './records.ts'
import { toTitle } from './titles.ts'

export interface DocumentDirectoryOptions {
  readonly journal: Pick<Journal, 'device' | 'append'>
  readonly presence: Presence
  readonly store: RecordStore
  readonly random: Random
}

/** Which documents there are, what they are called, and which were deleted. */
export class DocumentDirectory {
  readonly #options: DocumentDirectoryOptions

  constructor(options: DocumentDirectoryOptions) {
    this.#options = options
  }

  async list(): Promise<readonly DocumentView[]> {
    const views: DocumentView[] = []
    for await (const [key, value] of this.#options.store.entries(prefixRange(metaPrefix))) {
      const view = this.#viewOf(documentOfKey(key), decodeMetadata(value))
      if (view !== undefined) views.push(view)
    }
    return views.sort((a, b) => b.changedAt - a.changedAt || (a.id < b.id ? -1 : 1))
  }

  #viewOf(id: DocumentId, { changed, created, deleted, title }: Metadata): DocumentView | undefined {
    const kind = kindOf(id)
    if (kind === undefined || created === undefined || title === undefined || deleted?.value === true) return undefined
    const { journal, presence } = this.#options
    const last = changed ?? created
    const here = presence.isOpenHere(id) ? [journal.device] : []
    return {
      id,
      title: title.value,
      kind,
      createdAt: created.time,
      createdBy: created.order.device,
      changedAt: last.time,
      changedBy: last.order.device,
      present: [...here, ...presence.devicesIn(id)],
    }
  }

  async rename(asked: string, title: string): Promise<void> {
    const proper = toTitle(title)
    const { document, metadata } = await this.find(asked)
    if (metadata.title?.value === proper) return
    const id = this.#options.random.bytes(16)
    await this.#appendOne('document.rename', encodeBody({ kind: 'document.rename', id, document, title: proper }))
  }

  async delete(asked: string): Promise<void> {
    const { document } = await this.find(asked)
    const id = this.#options.random.bytes(16)
    await this.#appendOne('document.delete', encodeBody({ kind: 'document.delete', id, document }))
  }

  async restore(asked: string): Promise<void> {
    const { document, metadata } = await this.find(asked, { deleted: true })
    if (metadata.deleted?.value !== true) return
    const id = this.#options.random.bytes(16)
    await this.#appendOne('document.restore', encodeBody({ kind: 'document.restore', id, document }))
  }

  async #appendOne(kind: string, body: Uint8Array): Promise<void> {
    await this.#options.journal.append([{ kind, body }])
  }

  /** @throws DocumentNotFoundError, DocumentDeletedError */
  async find(
    asked: string,
    options: { readonly deleted: boolean } = { deleted: false },
  ): Promise<{ readonly document: DocumentId; readonly metadata: Metadata; readonly title: string }> {
    const document = readDocumentId(asked)
    const metadata = decodeMetadata(await this.#options.store.get(metaKey(document)))
    const title = metadata.title?.value
    if (metadata.created === undefined || title === undefined) throw new DocumentNotFoundError(asked)
    if (metadata.deleted?.value === true && !options.deleted) throw new DocumentDeletedError(title)
    return { document, metadata, title }
  }

  async isDeleted(document: DocumentId): Promise<boolean> {
    return decodeMetadata(await this.#options.store.get(metaKey(document))).deleted?.value === true
  }
}

/** @throws DocumentNotFoundError where it can't be an id; the same id in another spelling is the same document */
function readDocumentId(asked: string): DocumentId {
  try {
    return documentIdOf(documentBytes(parseDocumentId(asked)))
  } catch {
    throw new DocumentNotFoundError(asked)
  }
}
