import type { ApiClient } from '../../src/api/client/index.ts'

/** The way from this page to its peer. */
export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open'; readonly client: ApiClient }
  /** Tried again at `retryAt` (wall time in milliseconds); null: as soon as the peer is back by itself. */
  | { readonly kind: 'lost'; readonly since: number; readonly retryAt: number | null; readonly reason: string }
  /** This page may not talk to the peer, and trying again changes nothing. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Keeps a page connected to its peer: a new client each time the peer comes back. */
export interface PeerLink {
  readonly state: LinkState
  /** Calls back after every change; returns its undo. */
  subscribe(listener: () => void): () => void
  retryNow(): void
  dispose(): void
}
