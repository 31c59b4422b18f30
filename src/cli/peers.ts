import type { ApiClient } from '../api/client/index.ts'
import type { Disposable } from '../base/lifecycle.ts'
import type { KeyRest, KeyVaults } from '../peer/device-key-file.ts'
import type { Peer } from '../peer/service.ts'
import type { Ready } from './detached.ts'

export interface OpenOptions {
  readonly dataDirectory: string
  readonly machineName?: string
  readonly listen?: readonly string[]
  readonly mdns?: boolean
  readonly relay?: 'on' | 'off'
  readonly announce?: readonly string[]
  readonly vaults?: KeyVaults
}

/** How commands come by a peer. The real ones load what they need only when called: asking a running peer stays fast. */
export interface Peers {
  /**
   * The peer that runs on the folder.
   * @throws NotRunningError
   */
  connect(dataDirectory: string): Promise<ApiClient>
  /** Whether a peer has ever kept something in the folder. */
  hasData(dataDirectory: string): Promise<boolean>
  /** A peer in this process. */
  open(options: OpenOptions): Promise<Peer>
  /** Serves an opened peer: to programs, and to browsers where a port is given. */
  serve(peer: Peer, options: ServeOptions): Promise<Served>
  /** Runs this program with `args` (an `up --json`) in a process that outlives this one, until it is ready. `input` is its standard input. */
  detach(args: readonly string[], input: string): Promise<Ready>
  readonly keys: DeviceKeys
}

/** The device keys of folders that no peer runs on. */
export interface DeviceKeys {
  /** Undefined where there is none yet. */
  restOf(dataDirectory: string): Promise<KeyRest | undefined>
  /** @param options.newPassphrase is called once the key is open */
  protect(
    dataDirectory: string,
    options: { readonly vaults: KeyVaults; readonly newPassphrase: () => Promise<string> },
  ): Promise<KeyRest>
  unprotect(dataDirectory: string, vaults: KeyVaults): Promise<KeyRest>
}

export interface ServeOptions {
  readonly dataDirectory: string
  /** 0: a free one; null: no web interface. */
  readonly uiPort: number | null
}

export interface Served {
  /** The page's address with its token; null without web interface. */
  readonly ui: string | null
  close(): Promise<void>
}

/** A client of a peer in this process. */
export async function clientOf(peer: Peer): Promise<ApiClient & Disposable> {
  const { channelPair, createApiClient, serveApi } = await import('../api/index.ts')
  const [server, client] = channelPair()
  serveApi(peer, server)
  return createApiClient(client)
}
