import type { DeviceId, DocumentId } from '../base/ids.ts'
import type { RecordStore } from '../store/record-store.ts'
import { MAX_AUTHOR_CLOCKS, MAX_AUTHOR_SESSIONS } from './constants.ts'
import { documentBytes } from './document-ids.ts'
import { readAuthorTotal } from './document-state.ts'
import { DocumentFullError } from './errors.ts'
import { authorKey, authorTag } from './records.ts'

/** Said well before others would stop counting what is written. */
const SHARE = 0.95

/** Tells the person in time that a document takes no more of this device. */
export class Quota {
  readonly #store: RecordStore
  readonly #tag: string

  constructor(store: RecordStore, device: DeviceId) {
    this.#store = store
    this.#tag = authorTag(device)
  }

  /** @throws DocumentFullError */
  async check(document: DocumentId): Promise<void> {
    const record = await this.#store.get(authorKey(documentBytes(document), this.#tag))
    if (record === undefined) return
    const { clocks, sessions } = readAuthorTotal(record)
    if (clocks > MAX_AUTHOR_CLOCKS * SHARE) throw new DocumentFullError('it holds too many characters of it')
    if (sessions > MAX_AUTHOR_SESSIONS * SHARE) throw new DocumentFullError('it was opened and written in too often')
  }
}
