import type { ApiClient } from '../../src/api/client/index.ts'
import { Cell } from '../state/cell.ts'
import { now } from '../time/clock.ts'
import type { LinkState, PeerLink } from './peer-link.ts'

/** What both kinds of link share: holding the state, and noticing that a client ended. */
export abstract class LinkBase implements PeerLink {
  readonly #state = new Cell<LinkState>({ kind: 'connecting' })
  #disposed = false
  #lostSince: number | null = null

  get state(): LinkState {
    return this.#state.value
  }

  get disposed(): boolean {
    return this.#disposed
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener)
  }

  abstract retryNow(): void

  dispose(): void {
    this.#disposed = true
    if (this.state.kind === 'open') this.state.client.dispose()
  }

  protected opened(client: ApiClient): void {
    if (this.#disposed) {
      client.dispose()
      return
    }
    const before = this.state
    this.#lostSince = null
    client.closed.addEventListener(
      'abort',
      () => {
        if (this.state.kind === 'open' && this.state.client === client && !this.#disposed) this.onClosed(client)
      },
      { once: true },
    )
    this.#state.set({ kind: 'open', client })
    if (before.kind === 'open') before.client.dispose()
  }

  /** A client that was open has ended. */
  protected abstract onClosed(client: ApiClient): void

  protected lost(reason: string, retryAt: number | null): void {
    this.#lostSince ??= now()
    this.#state.set({ kind: 'lost', since: this.#lostSince, retryAt, reason })
  }

  protected refused(reason: string): void {
    this.#state.set({ kind: 'refused', reason })
  }
}
