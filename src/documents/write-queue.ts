import type { Clock } from '../base/clock.ts'
import type { DocumentId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import type { Draft } from '../journal/journal.ts'
import { BATCH_MS } from './constants.ts'
import type { TypedUpdate } from './typed-update.ts'

export interface WriteQueueOptions {
  readonly clock: Clock
  /** Drafts of what was typed, in order: as few as can be. */
  readonly draft: (document: DocumentId, typed: readonly TypedUpdate[]) => readonly Draft[]
  /** Resolves once they are on the disk for good. */
  readonly append: (drafts: readonly Draft[], document: DocumentId) => Promise<void>
}

interface Line {
  pending: TypedUpdate[]
  /** Resolves or rejects with the next flush. */
  waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[]
  lastFlush: number
  timer: Disposable | undefined
  /** What is being written now. */
  writing: Promise<void>
  /** The latest reason why what waited then can't be written any more. */
  refusal: { readonly error: unknown } | undefined
}

/**
 * Brings what is typed into the journal: after a pause at once, then together with what follows within BATCH_MS. What
 * could not be written stays first in line for the next time, since the open document has it already.
 */
export class WriteQueue implements Disposable {
  readonly #options: WriteQueueOptions
  readonly #lines = new Map<DocumentId, Line>()

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** Resolves once it, and all that was put in before, is on the disk for good. */
  async put(document: DocumentId, typed: TypedUpdate | undefined): Promise<void> {
    const line = this.#lineOf(document)
    if (typed !== undefined) line.pending.push(typed)
    else if (line.pending.length === 0) {
      await line.writing
      return
    }
    const written = new Promise<void>((resolve, reject) => line.waiting.push({ resolve, reject }))
    this.#schedule(document, line)
    await written
  }

  /** Writes at once whatever waits. Failures go to those who put it in. */
  async flush(document: DocumentId): Promise<void> {
    const line = this.#lines.get(document)
    if (line === undefined) return
    if (line.pending.length > 0) this.#write(document, line)
    await line.writing.catch(() => undefined)
  }

  async flushAll(): Promise<void> {
    await Promise.all([...this.#lines.keys()].map((document) => this.flush(document)))
  }

  /**
   * What waits stands on what counts no more, and is not to be written: those who put it in get the error, and keep it.
   * @param document of all documents where it is left out
   */
  refuse(error: unknown, document?: DocumentId): void {
    for (const [name, line] of this.#lines) {
      if (document !== undefined && name !== document) continue
      line.refusal = { error }
      line.timer?.dispose()
      line.timer = undefined
      line.pending = []
      for (const { reject } of line.waiting.splice(0)) reject(error)
    }
  }

  dispose(): void {
    for (const { timer } of this.#lines.values()) timer?.dispose()
  }

  #lineOf(document: DocumentId): Line {
    const known = this.#lines.get(document)
    if (known !== undefined) return known
    for (const [other, line] of this.#lines) if (this.#isIdle(line)) this.#lines.delete(other)
    const line: Line = {
      pending: [],
      waiting: [],
      lastFlush: Number.NEGATIVE_INFINITY,
      timer: undefined,
      writing: Promise.resolve(),
      refusal: undefined,
    }
    this.#lines.set(document, line)
    return line
  }

  #isIdle({ lastFlush, pending, waiting }: Line): boolean {
    const isQuiet = this.#options.clock.monotonic() - lastFlush > BATCH_MS * 100
    return isQuiet && pending.length === 0 && waiting.length === 0
  }

  #schedule(document: DocumentId, line: Line): void {
    if (line.timer !== undefined) return
    const { clock } = this.#options
    const wait = line.lastFlush + BATCH_MS - clock.monotonic()
    if (wait <= 0) {
      this.#write(document, line)
      return
    }
    line.timer = clock.after(wait, () => {
      line.timer = undefined
      this.#write(document, line)
    })
  }

  #write(document: DocumentId, line: Line): void {
    line.timer?.dispose()
    line.timer = undefined
    line.lastFlush = this.#options.clock.monotonic()
    const waiting = line.waiting.splice(0)
    const { refusal } = line
    // One after another: what failed before goes first.
    const before = line.writing.catch(() => undefined)
    line.writing = before.then(async () => {
      if (line.refusal !== undefined && line.refusal !== refusal) throw line.refusal.error
      const typed = line.pending.splice(0)
      if (typed.length === 0) return
      try {
        await this.#options.append(this.#options.draft(document, typed), document)
      } catch (error) {
        if (line.refusal === refusal) line.pending.unshift(...typed)
        throw error
      }
    })
    line.writing.then(
      () => {
        for (const { resolve } of waiting) resolve()
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error)
      },
    )
  }
}
