import * as Y from 'yjs'

import type { ApiClient, CallOptions } from '../../src/api/client/index.ts'
import type {
  ApiEvents,
  CallName,
  ChannelSummary,
  DocumentSummary,
  EventName,
  Message,
  Parameters,
  PeerStatus,
  Result,
  Settings,
} from '../../src/api/contract/index.ts'

/** What a demo peer begins with. */
export interface DemoWorld {
  status: PeerStatus
  channels: ChannelSummary[]
  messages: Message[]
  documents: DocumentSummary[]
  /** Yjs documents by id; missing ones are empty. */
  readonly texts: Map<string, Y.Doc>
  /** Milliseconds that every call takes. */
  delay: number
  /** Calls of these names fail with this message. */
  readonly failing: Map<CallName, string>
}

type Handler = (parameters: never) => unknown

/** A peer inside the page, for developing and testing the interface without a real one. Never shipped. */
export class DemoClient implements ApiClient {
  readonly world: DemoWorld
  readonly closed: AbortSignal
  readonly #end = new AbortController()
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>()
  readonly #sessions = new Map<string, string>()
  #next = 1

  constructor(world: DemoWorld) {
    this.world = world
    this.closed = this.#end.signal
  }

  async call<Name extends CallName>(
    name: Name,
    parameters: Parameters<Name>,
    options: CallOptions = {},
  ): Promise<Result<Name>> {
    if (this.closed.aborted) throw gone()
    await wait(this.world.delay, [this.closed, options.signal])
    const failure = this.world.failing.get(name)
    if (failure !== undefined) throw Object.assign(new Error(failure), { code: 'DEMO' })
    const handler = this.#handlers[name] as Handler | undefined
    if (handler === undefined) return undefined as Result<Name>
    return (await handler(parameters as never)) as Result<Name>
  }

  on<Name extends EventName>(name: Name, listener: (event: ApiEvents[Name]) => void): { dispose(): void } {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return { dispose: () => listeners.delete(listener) }
  }

  emit<Name extends EventName>(name: Name, event: ApiEvents[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(event as never)
  }

  dispose(): void {
    this.#end.abort()
  }

  setStatus(change: Partial<PeerStatus>): void {
    this.world.status = { ...this.world.status, ...change }
    this.emit('status:changed', this.world.status)
  }

  /** Sessions that are open on a document. */
  sessionsOf(document: string): readonly string[] {
    return [...this.#sessions].filter(([, id]) => id === document).map(([session]) => session)
  }

  /** As if another machine had posted. */
  receive(message: Message): void {
    this.world.messages.push(message)
    this.emit('message:changed', { message, isNew: true })
  }

  id(prefix: string): string {
    this.#next++
    return `${prefix}-${this.#next}`
  }

  textOf(document: string): Y.Doc {
    const known = this.world.texts.get(document) ?? new Y.Doc()
    this.world.texts.set(document, known)
    return known
  }

  readonly #handlers: { readonly [Name in CallName]?: (parameters: Parameters<Name>) => unknown } = {
    'peer.status': () => this.world.status,
    'peer.log': () => ({ file: '/home/alice/.local/share/murmuration/logs/peer.log', lines: DEMO_LOG }),
    'swarm.create': ({ name, machineName }) => {
      this.setStatus({ swarm: { swarmId: 'demo-swarm', name }, name: machineName ?? this.world.status.name })
      return { swarmId: 'demo-swarm', name, invite: DEMO_INVITE }
    },
    'swarm.join': async () => await new Promise(() => undefined),
    'swarm.invite': () => ({ invite: DEMO_INVITE }),
    'settings.get': () => this.#settings(),
    'settings.set': ({ machineName }) => {
      if (machineName !== undefined) this.setStatus({ name: machineName })
      return this.#settings()
    },
    'channel.list': () => this.world.channels,
    'channel.create': ({ name }) => {
      const id = this.id('channel')
      const at = Date.now()
      this.world.channels = [
        ...this.world.channels,
        { id, name, createdAt: at, createdBy: 'a', unread: 0, lastAt: null },
      ]
      this.emit('channels:changed', {})
      return { id }
    },
    'message.read': ({ channel, limit = 50, before }) => {
      const all = this.world.messages.filter((message) => message.channel === channel)
      const end = before === undefined ? all.length : all.findIndex((message) => message.id === before)
      const start = Math.max(0, end - limit)
      return { channel, messages: all.slice(start, end), more: start > 0 }
    },
    'message.send': ({ channel, text, replyTo }) => {
      const { deviceId, name, machines } = this.world.status
      const message: Message = {
        id: this.id('message'),
        channel,
        deviceId,
        author: name,
        text,
        at: Date.now(),
        clockOff: false,
        editedAt: null,
        replyTo: replyTo ?? null,
        reactions: [],
        own: true,
        copies: 1,
        machines: machines.length,
        notOn: machines.filter((machine) => !machine.self).map((machine) => machine.name),
      }
      this.receive(message)
      return { id: message.id, acknowledged: true }
    },
    'message.react': ({ message, emoji, on }) => {
      const name = this.world.status.name
      this.#changeMessage(message, (known) => {
        const others = known.reactions.map((one) =>
          one.emoji === emoji ? { ...one, by: one.by.filter((by) => by !== name) } : one,
        )
        const found = others.find((one) => one.emoji === emoji)
        const reactions = !on
          ? others
          : found === undefined
            ? [...others, { emoji, by: [name] }]
            : others.map((one) => (one === found ? { ...one, by: [...one.by, name] } : one))
        return { ...known, reactions: reactions.filter((one) => one.by.length > 0) }
      })
    },
    'message.edit': ({ message, text }) =>
      this.#changeMessage(message, (known) => ({ ...known, text, editedAt: Date.now() })),
    'message.delete': ({ message }) => {
      const known = this.world.messages.find((candidate) => candidate.id === message)
      this.world.messages = this.world.messages.filter((candidate) => candidate !== known)
      if (known !== undefined) this.emit('message:deleted', { channel: known.channel, id: message })
    },
    'message.markRead': ({ channel }) => {
      this.world.channels = this.world.channels.map((one) => (one.id === channel ? { ...one, unread: 0 } : one))
      this.emit('channels:changed', {})
    },
    'document.list': () => this.world.documents,
    'document.create': ({ title, kind }) => {
      const id = this.id('document')
      const at = Date.now()
      const by = this.world.status.deviceId
      this.world.documents = [
        { id, title, kind, createdAt: at, createdBy: by, changedAt: at, changedBy: by, present: [] },
        ...this.world.documents,
      ]
      this.emit('documents:changed', {})
      return { id }
    },
    'document.rename': ({ document, title }) => {
      this.world.documents = this.world.documents.map((one) => (one.id === document ? { ...one, title } : one))
      this.emit('documents:changed', {})
    },
    'document.delete': ({ document }) => {
      this.world.documents = this.world.documents.filter((one) => one.id !== document)
      this.emit('documents:changed', {})
      for (const session of this.sessionsOf(document)) this.emit('document:reset', { session, reason: 'deleted' })
    },
    'document.open': ({ document }) => {
      const known = this.world.documents.find((one) => one.id === document)
      if (known === undefined)
        throw Object.assign(new Error('There is no such document.'), { code: 'DOCUMENT_NOT_FOUND' })
      const session = this.id('session')
      this.#sessions.set(session, document)
      const state = Y.encodeStateAsUpdate(this.textOf(document))
      return { session, kind: known.kind, title: known.title, clientId: 1000 + this.#next, state }
    },
    'document.push': ({ session, update }) => {
      const document = this.#sessions.get(session)
      if (document === undefined) throw Object.assign(new Error('This session has ended.'), { code: 'SESSION_ENDED' })
      Y.applyUpdate(this.textOf(document), update)
      for (const other of this.sessionsOf(document)) {
        if (other !== session) this.emit('document:updated', { session: other, update })
      }
    },
    'document.close': ({ session }) => {
      this.#sessions.delete(session)
    },
  }

  #settings(): Settings {
    const { name, dataDirectory } = this.world.status
    return { machineName: name, mdns: true, listen: [], dataDirectory }
  }

  #changeMessage(id: string, change: (message: Message) => Message): void {
    this.world.messages = this.world.messages.map((message) => {
      if (message.id !== id) return message
      const changed = change(message)
      this.emit('message:changed', { message: changed, isNew: false })
      return changed
    })
  }
}

export const DEMO_INVITE =
  'murmuration://join/AWQ0c3R1ZGlvLWxpc2JvbgAgJ3Zl5lV7m1v9wq0QkR8JdYx2bU4s6h3nT0aVfGmZC1pLxE7uWwyKoSgB9DtHiAjNrMcXeOqPz'

const DEMO_LOG = [
  '{"level":"info","time":"2026-11-23T19:02:11.204Z","message":"listening","addresses":2}',
  '{"level":"info","time":"2026-11-23T19:02:11.890Z","message":"connected","machine":"bob-laptop","route":"lan"}',
  '{"level":"info","time":"2026-11-23T19:02:12.377Z","message":"caught up","entries":1204}',
]

function gone(): Error {
  return Object.assign(new Error('The connection to the peer has ended.'), { code: 'PEER_GONE' })
}

async function wait(milliseconds: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    for (const signal of signals) signal?.addEventListener('abort', () => reject(gone()), { once: true })
    if (milliseconds === 0) resolve()
    else setTimeout(resolve, milliseconds)
  })
}
