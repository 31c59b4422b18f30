/** What the main process and the peer's process tell each other. The API itself goes over the ports. */

export type ToPeer =
  /** With one port: a page wants the API on it. */
  | { readonly type: 'port' }
  /** The machine woke up: everything is redialled at once. */
  | { readonly type: 'wake' }
  | { readonly type: 'stop' }

export type FromPeer =
  | { readonly type: 'ready' }
  /** The peer could not start; the process waits for the word to end. */
  | { readonly type: 'failed'; readonly message: string }
  /** Somebody (`murmuration stop`) asked this peer to end: the app quits. */
  | { readonly type: 'stop-requested' }
