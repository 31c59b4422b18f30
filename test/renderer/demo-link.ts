import type { LinkState, PeerLink } from '../../renderer/connection/peer-link.ts'
import type { DemoClient } from './demo-client.ts'

/** A link that is lost and found again at will. */
export class DemoLink implements PeerLink {
  state: LinkState
  readonly #listeners = new Set<() => void>()

  constructor(client: DemoClient | null) {
    this.state = client === null ? { kind: 'connecting' } : { kind: 'open', client }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  open(client: DemoClient): void {
    this.#set({ kind: 'open', client })
  }

  lose(): void {
    if (this.state.kind === 'open') this.state.client.dispose()
    this.#set({ kind: 'lost', since: Date.now(), retryAt: Date.now() + 5000, reason: '' })
  }

  retryNow(): void {
    // Tests open it by hand.
  }

  dispose(): void {
    this.#listeners.clear()
  }

  #set(state: LinkState): void {
    this.state = state
    for (const listener of [...this.#listeners]) listener()
  }
}
