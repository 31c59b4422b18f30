import { Emitter } from '../../src/base/emitter.ts'
import type {
  BroadcastEvents,
  CallName,
  ChannelSummary,
  DoctorMember,
  Invite,
  Membership,
  Message,
  Parameters,
  PeerStatus,
  Result,
} from '../../src/api/contract/index.ts'
import type { ApiConnection, PeerService } from '../../src/peer/service.ts'

export interface Call<Name extends CallName = CallName> {
  readonly name: Name
  readonly parameters: Parameters<Name>
  readonly connection: ApiConnection
  readonly signal: AbortSignal
}

type Handler<Name extends CallName> = (call: Call<Name>) => Promise<Result<Name>> | Result<Name>

/** A peer without anything behind it: records what reached it and answers as the test says. */
export class FakeService implements PeerService {
  readonly events = new Emitter<BroadcastEvents>()
  readonly calls: Call[] = []
  readonly #handlers = new Map<CallName, Handler<CallName>>()

  handle<Name extends CallName>(name: Name, handler: Handler<Name>): void {
    this.#handlers.set(name, handler as unknown as Handler<CallName>)
  }

  async call<Name extends CallName>(
    name: Name,
    parameters: Parameters<Name>,
    connection: ApiConnection,
    signal: AbortSignal,
  ): Promise<Result<Name>> {
    const call = { name, parameters, connection, signal } as unknown as Call
    this.calls.push(call)
    const handler = this.#handlers.get(name)
    return (await handler?.(call)) as Result<Name>
  }

  /** The last call of this name that reached the peer. */
  last<Name extends CallName>(name: Name): Call<Name> {
    const call = this.calls.findLast((one) => one.name === name)
    if (call === undefined) throw new Error(`${name} was not called`)
    return call as unknown as Call<Name>
  }
}

export function statusOf(values: Partial<PeerStatus> = {}): PeerStatus {
  return {
    deviceId: '12D3KooWalice',
    name: "alice's laptop",
    version: '0.1.0',
    dataDirectory: '/home/alice/murmuration',
    swarm: { swarmId: 'swarm', name: 'Studio Lisbon', ...membershipOf() },
    addresses: ['/ip4/127.0.0.1/tcp/4001'],
    machines: [],
    synced: false,
    alone: true,
    notAsked: [],
    missing: 0,
    journal: { entries: 3, bytes: 1200 },
    onlyHere: 0,
    messagesPerMinute: 0,
    notices: [],
    ...values,
  }
}

/** Alice's, who made the swarm. */
export function membershipOf(values: Partial<Membership> = {}): Membership {
  return {
    personId: '12D3KooWalice',
    personName: 'Alice',
    role: 'owner',
    standing: 'active',
    endedBy: null,
    endedAt: null,
    mayWrite: true,
    mayInvite: ['owner', 'admin', 'member', 'observer', 'helper'],
    ...values,
  }
}

export function inviteOf(values: Partial<Invite> = {}): Invite {
  return {
    id: '3fa94c01'.repeat(8),
    role: 'member',
    uses: 10,
    used: 0,
    expires: 1_700_000_000_000 + 7 * 86_400_000,
    state: 'open',
    createdBy: 'Alice',
    link: 'murmuration://join/x',
    mayRevoke: true,
    ...values,
  }
}

/** A member's report whose parts the test says. */
export function doctorMemberOf(values: Partial<DoctorMember> = {}): DoctorMember {
  return {
    deviceId: '12D3KooWbob',
    name: "bob's laptop",
    connection: null,
    lastSeen: null,
    tried: [],
    nextTry: null,
    verdict: 'It is not on.',
    theirView: null,
    ...values,
  }
}

export function channelOf(values: Partial<ChannelSummary> = {}): ChannelSummary {
  return {
    id: 'channel-1',
    name: 'general',
    kind: 'open',
    people: [],
    may: { write: true, add: false, remove: false, leave: false },
    createdAt: 1_700_000_000_000,
    createdBy: 'Alice',
    unread: 0,
    lastAt: null,
    ...values,
  }
}

export function messageOf(values: Partial<Message> = {}): Message {
  return {
    id: 'message-1',
    channel: 'channel-1',
    deviceId: '12D3KooWbob',
    author: "bob's laptop",
    text: 'hello',
    at: 1_700_000_000_000,
    clockOff: false,
    editedAt: null,
    replyTo: null,
    reactions: [],
    own: false,
    copies: 1,
    machines: 2,
    notOn: ["carol's desktop"],
    waitingOn: [],
    ...values,
  }
}
