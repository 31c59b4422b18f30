import { decodeCborMap, encodeCbor } from '../base/cbor.ts'
import type { DeviceId, DocumentId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { prefixRange } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { ClientIds, SessionName } from './client-ids.ts'
import { newSession } from './client-ids.ts'
import { MAX_IDLE_DOCUMENTS, MAX_REMEMBERED_SESSIONS, MAX_SESSIONS } from './constants.ts'
import { givenKey, givenPrefix } from './records.ts'

export interface GivenSession {
  readonly client: number
  readonly name: SessionName
}

export interface GivenSessionsOptions {
  readonly store: RecordStore
  readonly clientIds: ClientIds
  readonly device: DeviceId
  readonly random: Random
}

/**
 * The sessions that this device gave out, kept on disk: so that what an editor could not hand over can be handed over
 * after a restart, under the client id that it bears.
 */
export class GivenSessions {
  readonly #options: GivenSessionsOptions
  readonly #known = new Map<DocumentId, Map<number, SessionName>>()
  /** Sessions that were left in good order, to be given out again in this run: each client id makes Yjs slower. */
  readonly #free = new Map<DocumentId, GivenSession[]>()

  constructor(options: GivenSessionsOptions) {
    this.#options = options
  }

  /** One that nobody uses: one that was left, or a new one. */
  async give(document: DocumentId, incarnation: string): Promise<GivenSession> {
    const free = this.#free.get(document)
    const index = free?.findIndex(({ name }) => name.incarnation === incarnation) ?? -1
    const left = index === -1 ? undefined : free?.splice(index, 1)[0]
    if (left !== undefined) return left
    const { clientIds, device, random, store } = this.#options
    const known = await this.#of(document)
    let name = newSession(incarnation, random)
    let client = clientIds.of(document, device, name)
    while (known.has(client)) {
      name = newSession(incarnation, random)
      client = clientIds.of(document, device, name)
    }
    const value = encodeCbor({ incarnation, number: name.number })
    const operations: Operation[] = [{ type: 'put', key: givenKey(document, client), value }]
    for (const oldest of known.keys()) {
      if (known.size < MAX_REMEMBERED_SESSIONS) break
      operations.push({ type: 'delete', key: givenKey(document, oldest) })
      known.delete(oldest)
    }
    await store.write(operations, { durable: false })
    known.set(client, name)
    return { client, name }
  }

  /** To be given out again. Only where its editor handed over all it had, and says nothing more under this id. */
  leave(document: DocumentId, session: GivenSession): void {
    const free = this.#free.get(document) ?? []
    this.#free.set(document, free)
    free.push(session)
  }

  async sessionOf(document: DocumentId, client: number): Promise<SessionName | undefined> {
    return (await this.#of(document)).get(client)
  }

  async #of(document: DocumentId): Promise<Map<number, SessionName>> {
    const known = this.#known.get(document)
    if (known !== undefined) return known
    const { clientIds, device, store } = this.#options
    const read = new Map<number, SessionName>()
    const range = { ...prefixRange(givenPrefix(document)), limit: MAX_REMEMBERED_SESSIONS }
    for await (const [, value] of store.entries(range)) {
      const fields = decodeCborMap(value, 256)
      const incarnation = fields?.get('incarnation')
      const number = fields?.get('number')
      if (typeof incarnation !== 'string' || typeof number !== 'number') continue
      read.set(clientIds.of(document, device, { incarnation, number }), { incarnation, number })
    }
    const raced = this.#known.get(document)
    if (raced !== undefined) return raced
    for (const other of this.#known.keys()) {
      if (this.#known.size < MAX_IDLE_DOCUMENTS + MAX_SESSIONS) break
      this.#known.delete(other)
    }
    this.#known.set(document, read)
    return read
  }
}
