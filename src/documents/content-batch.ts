import { concatBytes } from '../base/bytes.ts'
import type { Supersedes } from '../journal/entry-types.ts'
import { prefixRange } from '../store/keys.ts'
import type { Transaction } from '../store/transaction.ts'
import type { ContentBody } from './bodies.ts'
import { decodeBody } from './bodies.ts'
import type { ClientIds, SessionName } from './client-ids.ts'
import { MAX_AUTHOR_CLOCKS, MAX_AUTHOR_SESSIONS, MAX_DECODED_CHECKPOINTS } from './constants.ts'
import { isWhole } from './coverage.ts'
import type { DocumentState } from './document-state.ts'
import type { Fate } from './entry-record.ts'
import { decodeEntryRecord, encodeEntryRecord, encodeJournal, entryRecord } from './entry-record.ts'
import { authorTag, entriesPrefix, journalKey, journalTag, placeOfKey, tailKey, waitingKey } from './records.ts'
import { SaidBefore } from './said-before.ts'
import { examine, judge } from './update-check.ts'
import type { HeldEntry } from './waiting-entry.ts'
import { decodeWaiting, encodeWaiting } from './waiting-entry.ts'
import type { Place } from './waiting-room.ts'
import { nameOf } from './waiting-room.ts'
import { MalformedUpdateError } from './yjs/byte-reader.ts'
import type { Block, Update } from './yjs/struct.ts'
import { Weave } from './yjs/weave.ts'
import { NOTHING_WRITTEN, writeDeletes, writeStructs } from './yjs/write-update.ts'

export interface ContentContext {
  readonly clientIds: ClientIds
  /** Journals whose key records are known to be there. */
  readonly knownJournals: Set<string>
  /** Checkpoints that wait in the middle, decoded; bounded by their owner. */
  readonly woven: Map<string, Weave>
  readonly onVoid: (entry: HeldEntry, reason: string) => void
}

/** Judges entries about one document's content, and writes down what becomes of them. */
export class ContentBatch {
  /** Yjs v1 updates that were accepted, in an order in which they can be applied. */
  readonly accepted: Uint8Array[] = []
  readonly state: DocumentState
  readonly #transaction: Transaction
  readonly #context: ContentContext
  /** Who may have become ready. */
  #woken: Place[] = []
  /** What was said in this document, read when first asked for. */
  #said: SaidBefore | undefined
  /** Journals whose key records this batch writes. */
  readonly newJournals = new Set<string>()

  constructor(state: DocumentState, transaction: Transaction, context: ContentContext) {
    this.state = state
    this.#transaction = transaction
    this.#context = context
  }

  async add(entry: HeldEntry, body: ContentBody): Promise<void> {
    const place = { tag: journalTag(entry.journal), sequence: entry.sequence }
    this.#rememberJournal(entry, place.tag)
    await this.#look(entry, body, place, 'new')
    while (this.#woken.length > 0) await this.#lookAgain(this.#woken.splice(0))
  }

  /** Looks at everything that waits: after it was read from the disk, nobody knows for what. */
  async lookAtAll(): Promise<void> {
    this.#woken.push(...this.state.waiting.front())
    while (this.#woken.length > 0) await this.#lookAgain(this.#woken.splice(0))
  }

  async #lookAgain(places: readonly Place[]): Promise<void> {
    for (const place of places) {
      const record = await this.#transaction.get(waitingKey(this.state.bytes, place))
      const entry = record === undefined ? undefined : decodeWaiting(record)
      const body = entry === undefined ? undefined : decodeBody(entry.kind, entry.body)
      if (entry === undefined || body === undefined || !('structs' in body)) continue
      if (entry.kind === 'document.update' && this.state.waiting.isBehindAnother(place)) continue
      await this.#look(entry, body, place, 'waiting')
    }
  }

  async #look(entry: HeldEntry, body: ContentBody, place: Place, from: 'new' | 'waiting'): Promise<void> {
    try {
      if (body.kind === 'document.checkpoint') await this.#lookAtCheckpoint(entry, body, place, from)
      else await this.#lookAtUpdate(entry, body, place, from)
    } catch (error) {
      if (!(error instanceof MalformedUpdateError)) throw error
      this.#settle(entry, body, place, 'void', error.message)
    }
  }

  async #lookAtUpdate(entry: HeldEntry, body: ContentBody, place: Place, from: 'new' | 'waiting'): Promise<void> {
    const { state } = this
    const update = examine(body, this.state.kind, this.#clientsOf(entry, body.sessions))
    if (from === 'new' && state.waiting.isBehindAnother(place)) {
      this.#wait(entry, body, place)
      return
    }
    const judgement = judge(update, state.stateOf)
    switch (judgement.type) {
      case 'waits':
        if (from === 'new') this.#wait(entry, body, place)
        state.waiting.expect(place, judgement.need)
        return
      case 'void':
        this.#settle(entry, body, place, 'void', judgement.reason)
        return
      case 'overlaps':
        if (await this.#isRepeated(entry, body)) this.#settle(entry, body, place, 'repeated')
        else this.#settle(entry, body, place, 'void', 'its author has said something else at these clocks')
        return
      case 'ready':
        this.#checkQuota(entry, update)
        this.#take(entry, judgement.runs)
        if (judgement.runs.length < 2) this.#append(concatBytes(body.structs, body.deletes))
        else this.#appendRuns(judgement.runs, update)
        this.#settle(entry, body, place, 'applied')
    }
  }

  /** A checkpoint is placed as far as it goes, since others build on its middle; see SPEC.md, D13. */
  async #lookAtCheckpoint(entry: HeldEntry, body: ContentBody, place: Place, from: 'new' | 'waiting'): Promise<void> {
    const { woven } = this.#context
    const name = `${this.state.document} ${nameOf(place)}`
    let weave = woven.get(name)
    if (weave === undefined) {
      const update = examine(body, this.state.kind, this.#clientsOf(entry, body.sessions))
      this.#checkQuota(entry, update)
      weave = new Weave(update)
    }
    const { need, runs } = weave.advance(this.state.stateOf)
    this.#take(entry, runs)
    for (const run of runs) this.#append(concatBytes(writeStructs([run]), NOTHING_WRITTEN))
    if (need !== undefined) {
      woven.set(name, weave)
      if (woven.size > MAX_DECODED_CHECKPOINTS) forgetOldest(woven)
      if (from === 'new') this.#wait(entry, body, place)
      this.state.waiting.expect(place, need)
      return
    }
    woven.delete(name)
    const isNews = await this.#cover(entry)
    if (isNews && body.deletes.length > 1) this.#append(concatBytes(NOTHING_WRITTEN, body.deletes))
    this.#settle(entry, body, place, 'applied')
  }

  /**
   * Takes the records of superseded entries away. Returns whether the checkpoint can say anything new: where all that
   * it supersedes was applied here, its deletions were, too.
   */
  async #cover({ journal, own, supersedes }: HeldEntry): Promise<boolean> {
    const { state } = this
    const held: Supersedes[] = []
    for (const { incarnation, ranges } of supersedes) {
      const tag = journalTag({ device: journal.device, incarnation, kind: 'data' })
      let index = 0
      for (const [key, value] of await this.#transaction.entries(prefixRange(entriesPrefix(state.bytes, own, tag)))) {
        const { sequence } = placeOfKey(key)
        while ((ranges[index]?.[1] ?? Infinity) < sequence) index++
        const range = ranges[index]
        if (range === undefined || range[0] > sequence) continue
        const { bytes, covers, fate } = decodeEntryRecord(value)
        if (fate === 'waiting') continue
        held.push({ incarnation, ranges: [[sequence, sequence]] }, ...(covers?.supersedes ?? []))
        this.#transaction.delete(key)
        if (own && covers === undefined && fate === 'applied') {
          state.head.ownUpdates--
          state.head.ownBytes -= bytes
        }
      }
    }
    return !isWhole(supersedes, held)
  }

  #clientsOf(entry: HeldEntry, sessions: readonly SessionName[]): ReadonlySet<number> {
    const { clientIds } = this.#context
    return new Set(sessions.map((session) => clientIds.of(this.state.document, entry.device, session)))
  }

  /** @throws MalformedUpdateError above what one author may write */
  #checkQuota(entry: HeldEntry, { blocks }: Update): void {
    const { state } = this
    const total = state.totalOf(authorTag(entry.device))
    let { clocks, sessions } = total
    for (const { client, end } of blocks) {
      const known = state.stateOf(client)
      if (known === 0) sessions++
      clocks += Math.max(0, end - known)
    }
    if (clocks > MAX_AUTHOR_CLOCKS) throw new MalformedUpdateError('its author has written too much in this document')
    if (sessions > MAX_AUTHOR_SESSIONS) throw new MalformedUpdateError('its author has used too many sessions')
  }

  /** Moves the clocks on, and wakes who waited for that. */
  #take(entry: HeldEntry, runs: readonly Block[]): void {
    if (runs.length === 0) return
    const { state } = this
    const author = authorTag(entry.device)
    let { clocks, sessions } = state.totalOf(author)
    for (const { client, end } of runs) {
      const known = state.stateOf(client)
      if (known === 0) sessions++
      clocks += end - known
      state.advance(client, end)
      if (state.waiting.size > 0) this.#woken.push(...state.waiting.met(client, end))
    }
    state.setTotal(author, { clocks, sessions })
  }

  #append(update: Uint8Array): void {
    const { head } = this.state
    this.#transaction.put(tailKey(this.state.bytes, head.arrivals), update)
    head.arrivals++
    head.tailRecords++
    head.tailBytes += update.length
    this.accepted.push(update)
  }

  #appendRuns(runs: readonly Block[], { deletes }: Update): void {
    for (const run of runs) this.#append(concatBytes(writeStructs([run]), NOTHING_WRITTEN))
    if (deletes.size > 0) this.#append(concatBytes(NOTHING_WRITTEN, writeDeletes(deletes)))
  }

  #wait(entry: HeldEntry, body: ContentBody, place: Place): void {
    const { state } = this
    this.#transaction.put(waitingKey(state.bytes, place), encodeWaiting(entry))
    state.waiting.add(place, entry.kind === 'document.checkpoint' ? 'checkpoint' : 'update')
    this.#record(entry, body, place, 'waiting')
  }

  /** An entry's fate is known. */
  #settle(entry: HeldEntry, body: ContentBody, place: Place, fate: Fate, reason?: string): void {
    const { state } = this
    this.#context.woven.delete(`${state.document} ${nameOf(place)}`)
    if (state.waiting.size > 0) {
      const key = waitingKey(state.bytes, place)
      const before = state.waiting.size
      const next = state.waiting.remove(place)
      if (state.waiting.size < before) this.#transaction.delete(key)
      if (next !== undefined) this.#woken.push(next)
    }
    this.#record(entry, body, place, fate)
    if (fate === 'applied' && entry.own && entry.kind === 'document.update') {
      state.head.ownUpdates++
      state.head.ownBytes += entry.body.length
    }
    if (reason !== undefined) {
      this.#context.onVoid(entry, reason)
    }
  }

  #record(entry: HeldEntry, { id }: ContentBody, place: Place, fate: Fate): void {
    const record = entryRecord(entry, id, fate)
    this.#transaction.put(this.state.entryKey(entry.own, place), encodeEntryRecord(record))
    this.#said?.add(record)
  }

  #rememberJournal(entry: HeldEntry, tag: string): void {
    if (this.#context.knownJournals.has(tag) || this.newJournals.has(tag)) return
    this.#transaction.put(journalKey(tag), encodeJournal(entry.journal))
    this.newJournals.add(tag)
  }

  /** Whether the same body was applied from another place, or a checkpoint of this author says what it says. */
  async #isRepeated(entry: HeldEntry, { id }: ContentBody): Promise<boolean> {
    this.#said ??= await SaidBefore.read(this.state.bytes, this.#transaction)
    return this.#said.has(entry, id)
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const name of map.keys()) {
    map.delete(name)
    return
  }
}
