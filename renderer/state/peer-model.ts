import type { ApiClient, CallOptions } from '../../src/api/client/index.ts'
import type {
  CallName,
  ChannelSummary,
  DocumentSummary,
  Invite,
  Members,
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
import { Joining } from './joining.ts'
import type { ClientListener, PeerCalls } from './peer-calls.ts'
import { Refresher } from './refresher.ts'

/** The peer as the pages see it: what it last said, kept while the way to it is lost, and read again when it is back. */
export class PeerModel implements PeerCalls {
  readonly status = new Cell<PeerStatus | null>(null)
  readonly channels = new Cell<readonly ChannelSummary[] | null>(null)
  readonly documents = new Cell<readonly DocumentSummary[] | null>(null)
  readonly members = new Cell<Members | null>(null)
  readonly invites = new Cell<readonly Invite[] | null>(null)
  readonly joining = new Joining(() => this.readStatus())
  readonly link: Readable<LinkState>
  readonly drafts = new Drafts()
  readonly logs: ChannelLogs
  readonly #link: PeerLink
  readonly #listeners = new Map<ClientListener, (() => void) | null>()
  readonly #channelsRead = new Refresher(async () => this.channels.set(await this.call('channel.list', {})))
  readonly #documentsRead = new Refresher(async () => this.documents.set(await this.call('document.list', {})))
  readonly #membersRead = new Refresher(async () => this.members.set(await this.call('member.list', {})))
  readonly #invitesRead = new Refresher(async () => this.invites.set(await this.call('invite.list', {})))
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

  /** Reads who belongs again now, for whoever has just changed it. */
  readMembers(): void {
    this.#membersRead.now()
    this.#invitesRead.now()
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
      client.on('members:changed', () => {
        this.#membersRead.mark()
        this.#invitesRead.mark()
      }),
      client.on('join:progressed', (progress) => this.joining.progressed(progress)),
    ]
    // Where it fails, the link notices too.
    this.readStatus().catch(() => undefined)
    this.#readLists()
    return () => {
      for (const subscription of subscriptions) subscription.dispose()
      this.#channelsRead.stop()
      this.#documentsRead.stop()
      this.#membersRead.stop()
      this.#invitesRead.stop()
    }
  }

  #setStatus(status: PeerStatus): void {
    const before = this.status.value
    const moved = before?.swarm?.swarmId !== status.swarm?.swarmId
    // What belongs to another swarm is no beginning for this one's lists.
    if (moved && before !== null) {
      for (const list of [this.channels, this.documents, this.members, this.invites]) list.set(null)
    }
    this.status.set(status)
    if (moved) this.#readLists()
  }

  #readLists(): void {
    this.#channelsRead.now()
    this.#documentsRead.now()
    this.readMembers()
  }
}
