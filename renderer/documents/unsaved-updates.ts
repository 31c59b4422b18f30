import * as Y from 'yjs'

import { isPeerGone, messageOfError } from '../connection/api.ts'

/** As many updates go in one call; merging many at once is slow (it grows faster than their number). */
const MAX_BATCH = 100

export type PushOutcome = 'all' | 'gone' | { readonly refused: string }

/**
 * What was typed and has not been acknowledged, oldest first. Nothing leaves it before the peer has it on disk,
 * so it survives any loss of the way to the peer.
 */
export class UnsavedUpdates {
  #updates: Uint8Array[] = []
  #pushing = false

  get size(): number {
    return this.#updates.length
  }

  add(update: Uint8Array): void {
    this.#updates.push(update)
  }

  /** Everything as one update; null where there is nothing. */
  merged(): Uint8Array | null {
    return this.#updates.length === 0 ? null : Y.mergeUpdates(this.#updates)
  }

  clear(): void {
    this.#updates = []
  }

  /** Pushes in order, one call at a time, until nothing is left. Does nothing while another push runs. */
  async push(send: (update: Uint8Array) => Promise<unknown>): Promise<PushOutcome> {
    if (this.#pushing) return 'all'
    this.#pushing = true
    try {
      while (this.#updates.length > 0) {
        const batch = this.#updates.slice(0, MAX_BATCH)
        const [only] = batch
        await send(batch.length === 1 && only !== undefined ? only : Y.mergeUpdates(batch))
        this.#updates = this.#updates.slice(batch.length)
      }
      return 'all'
    } catch (error) {
      return isPeerGone(error) ? 'gone' : { refused: messageOfError(error) }
    } finally {
      this.#pushing = false
    }
  }
}
