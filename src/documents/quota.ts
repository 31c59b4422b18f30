import type { DocumentId } from '../base/ids.ts'
import type { Journal } from '../journal/journal.ts'
import type { RecordStore } from '../store/record-store.ts'
import { MAX_AUTHOR_CLOCKS, MAX_AUTHOR_SESSIONS } from './constants.ts'
import { documentBytes } from './document-ids.ts'
import { readAuthorTotal } from './document-state.ts'
import { DocumentFullError } from './errors.ts'
import { authorKey, authorTag } from './records.ts'

/** Said well before others would stop counting what is written. */
const SHARE = 0.95

/** Tells the person in time that a document takes no more of this device, or nothing at all. */
export class Quota {
  readonly #store: RecordStore
  readonly #tag: string

  readonly #journal: Pick<Journal, 'device' | 'requireWriter'>

  constructor(store: RecordStore, journal: Pick<Journal, 'device' | 'requireWriter'>) {
    this.#store = store
    this.#journal = journal
    this.#tag = authorTag(journal.device)
  }

  /** @throws NotAllowedToWriteError, DocumentFullError */
  async check(document: DocumentId): Promise<void> {
    this.#journal.requireWriter()
    const record = await this.#store.get(authorKey(documentBytes(document), this.#tag))
    if (record === undefined) return
    const { clocks, sessions } = readAuthorTotal(record)
    if (clocks > MAX_AUTHOR_CLOCKS * SHARE) throw new DocumentFullError('it holds too many characters of it')
    if (sessions > MAX_AUTHOR_SESSIONS * SHARE) throw new DocumentFullError('it was opened and written in too often')
  }
}
