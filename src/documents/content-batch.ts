import { concatBytes } from '../base/bytes.ts'
import type { EntryReference, JournalId, Supersedes } from '../journal/entry-types.ts'
import { prefixRange } from '../store/keys.ts'
import type { Transaction } from '../store/transaction.ts'
import type { ContentBody } from './bodies.ts'
import { decodeBody } from './bodies.ts'
import type { ClientIds, SessionName } from './client-ids.ts'
import { MAX_AUTHOR_CLOCKS, MAX_AUTHOR_SESSIONS, MAX_DECODED_CHECKPOINTS } from './constants.ts'
import { isWhole } from './coverage.ts'
import type { DocumentState } from './document-state.ts'
import type { EntryRecord, Fate } from './entry-record.ts'
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
  /** Reads an entry that was applied before. */
  readonly read: (reference: EntryReference) => Promise<HeldEntry | undefined>
  readonly onVoid: (entry: HeldEntry, reason: string) => void
}

type SupersededRecord = readonly [reference: EntryReference, key: Uint8Array, record: EntryRecord]

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
  /** An author said two things at the same clocks, and what came first here need not be what counts: SPEC.md, D24. */
  disputed = false

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
        await this.#settleOverlap(entry, body, place, update)
        return
      case 'ready':
        this.#checkQuota(entry, update)
        this.#take(entry, judgement.runs, entry.lamport)
        if (judgement.runs.length < 2) this.#append(concatBytes(body.structs, body.deletes))
        else this.#appendRuns(judgement.runs, update)
        this.#settle(entry, body, place, 'applied')
    }
  }

  async #settleOverlap(entry: HeldEntry, body: ContentBody, place: Place, { blocks }: Update): Promise<void> {
    this.#said ??= await SaidBefore.read(this.state.bytes, this.#transaction)
    if (this.#said.covers(entry)) this.#settle(entry, body, place, 'covered')
    else if (this.#said.has(body.id)) this.#settle(entry, body, place, 'repeated')
    else {
      const { lamports } = this.state
      this.disputed ||= blocks.some(({ client }) => entry.lamport <= (lamports.get(client) ?? 0))
      this.#settle(entry, body, place, 'void', 'its author has said something else at these clocks')
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
      if (from === 'new') this.disputed ||= await this.#isContradicted(entry, update)
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

  /** Whether updates that the checkpoint does not supersede were taken for what it says. */
  async #isContradicted(entry: HeldEntry, { blocks }: Update): Promise<boolean> {
    const { lamports, stateOf } = this.state
    const known = blocks.filter(({ client, clock }) => lamports.has(client) && clock < stateOf(client))
    if (known.length === 0) return false
    const ends = new Map<number, number>()
    for (const [record] of await this.#supersededBy(entry)) {
      const held = await this.#context.read(record)
      const body = held === undefined ? undefined : decodeBody(held.kind, held.body)
      if (held === undefined || body === undefined || !('structs' in body)) continue
      for (const { client, end } of examine(body, this.state.kind, this.#clientsOf(held, body.sessions)).blocks) {
        ends.set(client, Math.max(end, ends.get(client) ?? 0))
      }
    }
    return known.some(({ client, end }) => (ends.get(client) ?? 0) < Math.min(end, stateOf(client)))
  }

  /**
   * Takes the records of superseded entries away. Returns whether the checkpoint can say anything new: where all that
   * it supersedes was applied here, its deletions were, too.
   */
  async #cover(entry: HeldEntry): Promise<boolean> {
    const { head } = this.state
    const held: Supersedes[] = []
    for (const [{ journal, sequence }, key, { bytes, covers, fate }] of await this.#supersededBy(entry)) {
      held.push({ incarnation: journal.incarnation, ranges: [[sequence, sequence]] }, ...(covers?.supersedes ?? []))
      this.#transaction.delete(key)
      if (entry.own && covers === undefined && fate === 'applied') {
        head.ownUpdates--
        head.ownBytes -= bytes
      }
    }
    return !isWhole(entry.supersedes, held)
  }

  /** The records of what a checkpoint supersedes, as far as it does not wait. */
  async #supersededBy({ journal, own, supersedes }: HeldEntry): Promise<readonly SupersededRecord[]> {
    const found: SupersededRecord[] = []
    for (const { incarnation, ranges } of supersedes) {
      const older: JournalId = { device: journal.device, incarnation, kind: 'data' }
      const range = prefixRange(entriesPrefix(this.state.bytes, own, journalTag(older)))
      let index = 0
      for (const [key, value] of await this.#transaction.entries(range)) {
        const { sequence } = placeOfKey(key)
        while ((ranges[index]?.[1] ?? Infinity) < sequence) index++
        const current = ranges[index]
        if (current === undefined || current[0] > sequence) continue
        const record = decodeEntryRecord(value)
        if (record.fate !== 'waiting') found.push([{ journal: older, sequence }, key, record])
      }
    }
    return found
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
  #take(entry: HeldEntry, runs: readonly Block[], lamport?: number): void {
    if (runs.length === 0) return
    const { state } = this
    const author = authorTag(entry.device)
    let { clocks, sessions } = state.totalOf(author)
    for (const { client, end } of runs) {
      const known = state.stateOf(client)
      if (known === 0) sessions++
      clocks += end - known
      state.advance(client, end, lamport)
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
  #settle(entry: HeldEntry, body: ContentBody, place: Place, fate: Fate | 'covered', reason?: string): void {
    const { state } = this
    this.#context.woven.delete(`${state.document} ${nameOf(place)}`)
    if (state.waiting.size > 0) {
      const key = waitingKey(state.bytes, place)
      const before = state.waiting.size
      const next = state.waiting.remove(place)
      if (state.waiting.size < before) this.#transaction.delete(key)
      if (next !== undefined) this.#woken.push(next)
    }
    if (fate === 'covered') this.#transaction.delete(state.entryKey(entry.own, place))
    else this.#record(entry, body, place, fate)
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
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const name of map.keys()) {
    map.delete(name)
    return
  }
}
