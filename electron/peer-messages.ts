/** What the main process and the peer's process tell each other. The API itself goes over the ports. */

/** Both ways a text in base64url: the seed of the device key to be sealed, or what was sealed before. */
export interface KeyStoreRequest {
  readonly work: 'seal' | 'unseal'
  readonly text: string
}

export type KeyStoreAnswer =
  | { readonly kind: 'done'; readonly text: string }
  /** The system has no key store, or it does not answer. */
  | { readonly kind: 'unavailable' }
  /** It answers, and cannot open this. */
  | { readonly kind: 'lost' }

export type ToPeer =
  /** To the peer's one open request. */
  | { readonly type: 'key-store'; readonly answer: KeyStoreAnswer }
  /** With one port: a page wants the API on it. */
  | { readonly type: 'port' }
  /** The machine woke up: everything is redialled at once. */
  | { readonly type: 'wake' }
  | { readonly type: 'stop' }

export type FromPeer =
  /** Only the main process reaches the key store. One at a time. */
  | { readonly type: 'key-store'; readonly request: KeyStoreRequest }
  | { readonly type: 'ready' }
  /** The peer could not start; the process waits for the word to end. */
  | { readonly type: 'failed'; readonly message: string }
  /** Somebody (`murmuration stop`) asked this peer to end: the app quits. */
  | { readonly type: 'stop-requested' }
