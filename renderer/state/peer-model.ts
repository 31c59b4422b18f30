import type { ApiClient, CallOptions } from '../../src/api/client/index.ts'
import type {
  ApiEvents,
  CallName,
  ChannelSummary,
  DocumentSummary,
  Parameters,
  PeerStatus,
  Result,
} from '../../src/api/contract/index.ts'
import { OfflineError } from '../connection/offline-error.ts'
import type { LinkState, PeerLink } from '../connection/peer-link.ts'
import { Cell } from './cell.ts'
import type { Readable } from './cell.ts'
import { ChannelLogs } from './channel-logs.ts'
import { Drafts } from './drafts.ts'
import type { ClientListener, PeerCalls } from './peer-calls.ts'
import { Refresher } from './refresher.ts'

export type JoinProgress = ApiEvents['join:progressed']

/** The peer as the pages see it: what it last said, kept while the way to it is lost, and read again when it is back. */
export class PeerModel implements PeerCalls {
  readonly status = new Cell<PeerStatus | null>(null)
  readonly channels = new Cell<readonly ChannelSummary[] | null>(null)
  readonly documents = new Cell<readonly DocumentSummary[] | null>(null)
  readonly join = new Cell<JoinProgress | null>(null)
  readonly link: Readable<LinkState>
  readonly drafts = new Drafts()
  readonly logs: ChannelLogs
  readonly #link: PeerLink
  readonly #listeners = new Map<ClientListener, (() => void) | null>()
  readonly #channelsRead = new Refresher(async () => this.channels.set(await this.call('channel.list', {})))
  readonly #documentsRead = new Refresher(async () => this.documents.set(await this.call('document.list', {})))
  #client: ApiClient | null = null

  constructor(link: PeerLink) {
    this.#link = link
    this.link = {
      get value() {
        return link.state
      },
      subscribe: (listener) => link.subscribe(listener),
    }
    this.logs = new ChannelLogs(this)
    this.attach((client) => this.#watch(client))
    window.addEventListener('pagehide', () => this.logs.keepUnsent(this.drafts))
    link.subscribe(() => this.#follow())
    this.#follow()
  }

  retryNow(): void {
    this.#link.retryNow()
  }

  async call<Name extends CallName>(
    name: Name,
    parameters: Parameters<Name>,
    options?: CallOptions,
  ): Promise<Result<Name>> {
    if (this.#client === null) throw new OfflineError()
    return await this.#client.call(name, parameters, options)
  }

  /** Asks now, for whoever has just changed it. */
  async readStatus(): Promise<void> {
    this.#setStatus(await this.call('peer.status', {}))
  }

  attach(listener: ClientListener): () => void {
    this.#listeners.set(listener, this.#client === null ? null : listener(this.#client))
    return () => {
      this.#listeners.get(listener)?.()
      this.#listeners.delete(listener)
    }
  }

  #follow(): void {
    const state = this.#link.state
    const client = state.kind === 'open' ? state.client : null
    if (client === this.#client) return
    this.#client = null
    for (const [listener, undo] of this.#listeners) {
      undo?.()
      this.#listeners.set(listener, null)
    }
    this.#client = client
    if (client === null) return
    for (const listener of this.#listeners.keys()) this.#listeners.set(listener, listener(client))
  }

  #watch(client: ApiClient): () => void {
    const subscriptions = [
      client.on('status:changed', (status) => this.#setStatus(status)),
      client.on('channels:changed', () => this.#channelsRead.mark()),
      client.on('documents:changed', () => this.#documentsRead.mark()),
      client.on('message:changed', () => this.#channelsRead.mark()),
      client.on('messages:reset', () => this.#channelsRead.mark()),
      client.on('join:progressed', (progress) => this.join.set(progress)),
    ]
    // Where it fails, the link notices too.
    this.readStatus().catch(() => undefined)
    this.#readLists()
    return () => {
      for (const subscription of subscriptions) subscription.dispose()
      this.#channelsRead.stop()
      this.#documentsRead.stop()
    }
  }

  #setStatus(status: PeerStatus): void {
    const joined = this.status.value?.swarm?.swarmId !== status.swarm?.swarmId
    this.status.set(status)
    if (joined) this.#readLists()
  }

  #readLists(): void {
    this.#channelsRead.now()
    this.#documentsRead.now()
  }
}
