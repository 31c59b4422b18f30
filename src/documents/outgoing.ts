import * as Y from 'yjs'

import type { Clock } from '../base/clock.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import type { Random } from '../base/random.ts'
import type { Journal } from '../journal/journal.ts'
import type { SessionName } from './client-ids.ts'
import { encodeBody } from './bodies.ts'
import { BATCH_MS, MAX_DELETE_RANGES, MAX_UPDATE_BYTES, MAX_UPDATE_SESSIONS, MAX_UPDATE_STRUCTS } from './constants.ts'
import { DocumentFullError } from './errors.ts'
import { readUpdate } from './yjs/read-update.ts'
import { writeDeletes, writeStructs } from './yjs/write-update.ts'

/** Updates in one entry: merging more costs the square of their number. */
const MAX_BATCH = 256

interface Typed {
  readonly update: Uint8Array
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Brings what is typed in one document into the journal: the first update after a pause at once, those that follow
 * within BATCH_MS together.
 */
export class Outgoing {
  readonly #document: DocumentId
  readonly #journal: Pick<Journal, 'append'>
  readonly #clock: Clock
  readonly #random: Random
  readonly #sessionOf: (client: number) => SessionName | undefined
  #waiting: Typed[] = []
  #timer: Disposable | undefined
  #lastAt = Number.NEGATIVE_INFINITY
  readonly #writing = new Set<Promise<void>>()

  constructor(options: {
    readonly document: DocumentId
    readonly journal: Pick<Journal, 'append'>
    readonly clock: Clock
    readonly random: Random
    readonly sessionOf: (client: number) => SessionName | undefined
  }) {
    this.#document = options.document
    this.#journal = options.journal
    this.#clock = options.clock
    this.#random = options.random
    this.#sessionOf = options.sessionOf
  }

  /** Resolves once the update is on this disk for good. */
  async write(update: Uint8Array): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.#waiting.push({ update, done, failed })
      const wait = this.#lastAt + BATCH_MS - this.#clock.monotonic()
      if (wait <= 0 || this.#waiting.length >= MAX_BATCH) this.#flush()
      else this.#timer ??= this.#clock.after(wait, () => this.#flush())
    })
  }

  /** Resolves once everything that was handed over is on disk or has failed. */
  async settled(): Promise<void> {
    if (this.#waiting.length > 0) this.#flush()
    await Promise.all(this.#writing)
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#writing.size === 0
  }

  #flush(): void {
    this.#timer?.dispose()
    this.#timer = undefined
    const batch = this.#waiting
    this.#waiting = []
    if (batch.length === 0) return
    this.#lastAt = this.#clock.monotonic()
    const work = this.#append(batch.map(({ update }) => update)).then(
      () => {
        for (const { done } of batch) done()
      },
      (error: unknown) => {
        for (const { failed } of batch) failed(error)
      },
    )
    this.#writing.add(work)
    void work.finally(() => this.#writing.delete(work))
  }

  async #append(updates: readonly Uint8Array[]): Promise<void> {
    const [first] = updates
    const merged = first !== undefined && updates.length === 1 ? first : Y.mergeUpdates([...updates])
    await this.#journal.append([{ kind: 'document.update', body: this.#body(merged) }])
  }

  #body(merged: Uint8Array): Uint8Array {
    const update = readUpdate(merged, { structs: MAX_UPDATE_STRUCTS, ranges: MAX_DELETE_RANGES })
    const sessions = update.blocks.flatMap(({ client }) => this.#sessionOf(client) ?? [])
    const structs = writeStructs(update.blocks)
    const deletes = writeDeletes(update.deletes)
    if (sessions.length > MAX_UPDATE_SESSIONS) throw new DocumentFullError('too many editors wrote at once')
    if (structs.length + deletes.length > MAX_UPDATE_BYTES) {
      throw new DocumentFullError(`one change is larger than ${MAX_UPDATE_BYTES / 2 ** 20} MB`)
    }
    const id = this.#random.bytes(16)
    return encodeBody({ kind: 'document.update', id, document: this.#document, sessions, structs, deletes })
  }
}
