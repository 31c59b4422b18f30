import * as Y from 'yjs'

import type { ApiClient, CallOptions } from '../../src/api/client/index.ts'
import type {
  ApiEvents,
  CallName,
  ChannelSummary,
  DocumentSummary,
  EventName,
  Invite,
  Members,
  Membership,
  Message,
  Parameters,
  Person,
  PeerStatus,
  Result,
  Settings,
} from '../../src/api/contract/index.ts'
import { cancelled, gone, wait, withResolvers } from './demo-wait.ts'
import type { Settling } from './demo-wait.ts'
import { OPEN_CHANNEL } from './demo-channel.ts'
import { DEMO_INVITE, DEMO_PHRASE, demoDoctor, demoMembership } from './demo-members.ts'

/** What a demo peer begins with. */
export interface DemoWorld {
  status: PeerStatus
  channels: ChannelSummary[]
  messages: Message[]
  documents: DocumentSummary[]
  members: Members
  invites: Invite[]
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
  #settings: Omit<Settings, 'machineName' | 'dataDirectory'> = {
    personName: 'Alice',
    mdns: true,
    relay: 'auto',
    announce: [],
    listen: [],
  }
  #join: Settling | null = null
  /** Joins that the page gave up. */
  cancelledJoins = 0
  /** The calls that changed something, for tests to look at. */
  readonly asked: { readonly name: CallName; readonly parameters: unknown }[] = []

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
    this.asked.push({ name, parameters })
    await wait(this.world.delay, [this.closed, options.signal])
    const failure = this.world.failing.get(name)
    if (failure !== undefined) throw Object.assign(new Error(failure), { code: 'DEMO' })
    const handler = this.#handlers[name] as Handler | undefined
    if (handler === undefined) return undefined as Result<Name>
    options.signal?.addEventListener('abort', () => this.cancelledJoins++, { once: true })
    return (await cancelled(handler(parameters as never), options.signal)) as Result<Name>
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
    'swarm.create': ({ name, machineName, personName = 'Alice' }) => {
      const swarm = { swarmId: 'demo-swarm', name, ...demoMembership({ personName }) }
      this.setStatus({ swarm, name: machineName ?? this.world.status.name })
      return { swarmId: 'demo-swarm', name }
    },
    'swarm.join': async () => await this.#joining(),
    'swarm.recover': async () => await this.#joining(),
    'swarm.leave': () => {
      this.#changeMembership({ standing: 'left', endedAt: Date.now(), mayWrite: false, mayInvite: [] })
      return { told: 3 }
    },
    'swarm.forget': () => this.setStatus({ swarm: null, machines: [] }),
    'member.list': () => this.world.members,
    'member.rename': ({ name }) => {
      this.#changePeople((person) => (person.self ? { ...person, name } : person))
      this.#changeMembership({ personName: name })
    },
    'member.role': ({ person, role }) =>
      this.#changePeople((one) => (one.personId === person ? { ...one, role } : one)),
    'member.remove': ({ person }) =>
      this.#changePeople((one) => (one.personId === person ? { ...one, standing: 'removed' } : one)),
    'device.link': () => ({ link: DEMO_INVITE, expires: Date.now() + 10 * 60_000 }),
    'device.remove': ({ device }) => {
      const devices = this.world.members.devices.filter((one) => one.deviceId !== device)
      this.world.members = { ...this.world.members, devices }
      this.emit('members:changed', {})
    },
    'device.confirm': ({ device }) =>
      this.#changePeople((one) => (one.devices.includes(device) ? { ...one, standing: 'active' } : one)),
    'invite.create': ({ role = 'member', uses = 1, lifetime = 7 * 86_400_000 }) => {
      const id = this.id('invite')
      const invite: Invite = {
        ...{ id, role, uses, used: 0, expires: Date.now() + lifetime, state: 'open' },
        ...{ createdBy: 'Alice', link: DEMO_INVITE, mayRevoke: true },
      }
      this.world.invites = [invite, ...this.world.invites]
      return invite
    },
    'invite.list': () => this.world.invites,
    'invite.revoke': ({ invite }) => {
      this.world.invites = this.world.invites.map((one) => (one.id === invite ? { ...one, state: 'revoked' } : one))
      this.emit('members:changed', {})
    },
    'recovery.make': () => DEMO_PHRASE,
    'doctor.report': () => demoDoctor(this.world.status),
    'settings.get': () => this.#presentSettings(),
    'settings.set': ({ machineName, ...change }) => {
      this.#settings = { ...this.#settings, ...(change as Partial<Settings>) }
      if (machineName !== undefined) this.setStatus({ name: machineName })
      return this.#presentSettings()
    },
    'channel.list': () => this.world.channels,
    'channel.direct': ({ people }) => {
      const known = this.world.channels.find((one) => one.kind === 'direct' && sameOthers(one, people))
      return { id: known?.id ?? this.#privateChannel('direct', this.#names(people).join(', '), people) }
    },
    'channel.add': ({ channel, person }) =>
      this.#changeChannel(channel, (one) => ({
        ...one,
        people: [...one.people, { personId: person, name: this.#names([person]).join('') }],
      })),
    'channel.remove': ({ channel, person }) =>
      this.#changeChannel(channel, (one) => ({
        ...one,
        people: one.people.filter(({ personId }) => personId !== person),
      })),
    'channel.leave': ({ channel }) => {
      this.world.channels = this.world.channels.filter((one) => one.id !== channel)
      this.emit('channels:changed', {})
    },
    'channel.create': ({ name, people }) => {
      if (people !== undefined) return { id: this.#privateChannel('private', name, people) }
      const id = this.id('channel')
      const at = Date.now()
      this.world.channels = [
        ...this.world.channels,
        { id, name, ...OPEN_CHANNEL, createdAt: at, createdBy: 'a', unread: 0, lastAt: null },
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
      const { deviceId, machines, swarm } = this.world.status
      const message: Message = {
        id: this.id('message'),
        channel,
        deviceId,
        author: swarm?.personName ?? '',
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
        waitingOn: [],
      }
      this.receive(message)
      return { id: message.id, acknowledged: true }
    },
    'message.react': ({ message, emoji, on }) => {
      const name = this.world.status.swarm?.personName ?? ''
      this.#changeMessage(message, (known) => {
        const reactions = known.reactions.map((one) =>
          one.emoji === emoji ? { ...one, by: one.by.filter((by) => by !== name), mine: false } : one,
        )
        const found = reactions.find((one) => one.emoji === emoji) ?? { emoji, by: [], mine: false }
        const rest = reactions.filter((one) => one !== found)
        const changed = on ? { ...found, by: [...found.by, name], mine: true } : found
        return { ...known, reactions: [...rest, changed].filter((one) => one.by.length > 0) }
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

  /** As if the peer had been let in; what is left to fetch is told by events. */
  finishJoin(name: string): void {
    this.setStatus({ swarm: { swarmId: 'demo-swarm', name, ...demoMembership({ role: 'member' }) } })
    this.#join?.resolve({ swarmId: 'demo-swarm', name })
  }

  failJoin(code: string, message: string): void {
    this.#join?.reject(Object.assign(new Error(message), { code }))
  }

  async #joining(): Promise<unknown> {
    this.#join = withResolvers()
    return await this.#join.promise
  }

  #presentSettings(): Settings {
    const { name, dataDirectory } = this.world.status
    return { ...this.#settings, machineName: name, dataDirectory }
  }

  #names(people: readonly string[]): readonly string[] {
    return people.map((id) => this.world.members.people.find((one) => one.personId === id)?.name ?? id)
  }

  #privateChannel(kind: 'private' | 'direct', name: string, people: readonly string[]): string {
    const id = this.id('channel')
    const self = { personId: this.world.status.deviceId, name: 'Alice' }
    const others = people.map((personId) => ({ personId, name: this.#names([personId]).join('') }))
    const mayChange = kind === 'private'
    this.world.channels = [
      ...this.world.channels,
      {
        ...{ id, kind, name, people: [self, ...others] },
        may: { write: true, add: mayChange, remove: mayChange, leave: mayChange },
        ...{ createdAt: Date.now(), createdBy: this.world.status.deviceId, unread: 0, lastAt: null },
      },
    ]
    this.emit('channels:changed', {})
    return id
  }

  #changeChannel(id: string, change: (channel: ChannelSummary) => ChannelSummary): void {
    this.world.channels = this.world.channels.map((one) => (one.id === id ? change(one) : one))
    this.emit('channels:changed', {})
  }

  #changeMembership(change: Partial<Membership>): void {
    const { swarm } = this.world.status
    if (swarm !== null) this.setStatus({ swarm: { ...swarm, ...change } })
  }

  #changePeople(change: (person: Person) => Person): void {
    this.world.members = { ...this.world.members, people: this.world.members.people.map(change) }
    this.emit('members:changed', {})
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

const DEMO_LOG = [
  '{"level":"info","time":"2026-11-23T19:02:11.204Z","message":"listening","addresses":2}',
  '{"level":"info","time":"2026-11-23T19:02:11.890Z","message":"connected","machine":"bob-laptop","route":"lan"}',
  '{"level":"info","time":"2026-11-23T19:02:12.377Z","message":"caught up","entries":1204}',
]

function sameOthers(channel: ChannelSummary, people: readonly string[]): boolean {
  const others = channel.people.slice(1).map(({ personId }) => personId)
  return others.length === people.length && people.every((id) => others.includes(id))
}
