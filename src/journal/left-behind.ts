import { codeOf } from '../base/errors.ts'
import { Mutex } from '../base/mutex.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Draft } from './journal.ts'
import type { PutAside } from './put-aside.ts'

export interface LeftBehindOptions {
  readonly store: RecordStore
  readonly putAside: PutAside
  readonly append: (drafts: readonly Draft[]) => Promise<unknown>
  /** Whether this device is known to belong, and to be one that writes. */
  readonly mayWrite: () => boolean
}

/**
 * Own entries that stand where they cannot go on, behind a gap or on a branch: they are written anew as soon as this device
 * may write, which may be known only once who belongs has come back.
 */
export class LeftBehind {
  readonly #options: LeftBehindOptions
  readonly #mutex = new Mutex()
  #isWaiting = false

  constructor(options: LeftBehindOptions) {
    this.#options = options
  }

  async add(drafts: readonly Draft[]): Promise<void> {
    const { putAside, store } = this.#options
    await store.write(
      drafts.map((draft) => putAside.putOperation(draft)),
      { durable: false },
    )
    await this.writeAnew()
  }

  async writeAnew(): Promise<void> {
    await this.#mutex.run(async () => {
      this.#isWaiting = false
      const { append, mayWrite, putAside, store } = this.#options
      for await (const { draft, forget } of putAside.drafts()) {
        try {
          if (draft.journal !== 'members' && !mayWrite()) this.#isWaiting = true
          if (this.#isWaiting) return
          await append([draft])
        } catch (error) {
          if (codeOf(error) !== 'NOT_ALLOWED_TO_WRITE') throw error
          this.#isWaiting = true
          return
        }
        await store.write([forget], { durable: false })
      }
    })
  }

  /** Something waits, and there is no reason any more. */
  get isReady(): boolean {
    return this.#isWaiting && this.#options.mayWrite()
  }
}
