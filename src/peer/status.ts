import type { Capacity, Connection, Machine, Notice, PeerStatus, Role } from '../api/contract/index.ts'
import type { DeviceId } from '../base/ids.ts'
import type { JournalReplicas } from '../journal/index.ts'
import type { ConnectedPeer } from '../network/network.ts'

/** What a machine last said of itself. */
export interface Vitals {
  readonly capacity: Capacity
  readonly links: readonly DeviceId[]
  /** Wall time here, in milliseconds, when it was heard. */
  readonly heardAt: number
  /** Milliseconds by which its clock was ahead of ours then. */
  readonly clockAhead: number
}

export interface Member {
  readonly device: DeviceId
  readonly name: string
  /** Absent for a helper. */
  readonly person: { readonly id: DeviceId; readonly name: string } | undefined
  readonly role: Role
}

export interface StatusInputs {
  readonly self: DeviceId
  readonly machineName: string
  readonly version: string
  readonly dataDirectory: string
  readonly swarm: NonNullable<PeerStatus['swarm']>
  readonly addresses: readonly string[]
  readonly members: readonly Member[]
  readonly connected: readonly ConnectedPeer[]
  readonly vitals: ReadonlyMap<DeviceId, Vitals>
  readonly lastSeen: ReadonlyMap<DeviceId, number>
  readonly replicas: JournalReplicas
  /** Others hold entries of a format that this version can't read. */
  readonly unreadable: boolean
  readonly messagesPerMinute: number
  readonly notices: readonly Notice[]
  readonly now: number
}

/** A machine that is not a neighbour is here as long as it was heard of within this. */
export const HEARD_WITHIN_MS = 30_000

/** The peer's status, from facts alone. */
export function statusOf(inputs: StatusInputs): PeerStatus {
  const { members, replicas, self } = inputs
  const machines = members.map((member) => machineOf(member, inputs))
  const others = machines.filter((machine) => !machine.self)
  const asked = new Set<string>(replicas.asked)
  const notAsked = others.filter((machine) => !asked.has(machine.deviceId)).map((machine) => machine.deviceId)
  const alone = others.length === 0
  const anyAsked = others.some((machine) => asked.has(machine.deviceId))
  const unfinished = inputs.connected.some((peer) => !asked.has(peer.device))
  return {
    deviceId: self,
    name: inputs.machineName,
    version: inputs.version,
    dataDirectory: inputs.dataDirectory,
    swarm: inputs.swarm,
    addresses: inputs.addresses,
    machines,
    alone,
    synced: !alone && anyAsked && !unfinished && !inputs.unreadable && replicas.missing === 0 && replicas.waiting === 0,
    notAsked,
    missing: replicas.missing + replicas.waiting,
    journal: { entries: replicas.entries, bytes: replicas.bytes },
    onlyHere: alone ? 0 : replicas.onlyHere,
    messagesPerMinute: inputs.messagesPerMinute,
    notices: inputs.notices,
  }
}

function machineOf(member: Member, inputs: StatusInputs): Machine {
  const isSelf = member.device === inputs.self
  const connection = inputs.connected.find((peer) => peer.device === member.device)
  const vitals = inputs.vitals.get(member.device)
  const heard = vitals !== undefined && inputs.now - vitals.heardAt < HEARD_WITHIN_MS
  const replica = inputs.replicas.devices.get(member.device)
  const online = isSelf || connection !== undefined || heard
  return {
    deviceId: member.device,
    name: isSelf ? inputs.machineName : member.name,
    self: isSelf,
    personId: member.person?.id ?? null,
    personName: member.person?.name ?? null,
    role: member.role,
    online,
    connection: connection === undefined ? null : presentConnection(connection),
    behind: isSelf ? 0 : (replica?.lacks ?? null),
    behindAsOf: isSelf ? inputs.now : (replica?.asOf ?? null),
    lastSeen: online ? inputs.now : (inputs.lastSeen.get(member.device) ?? null),
    links: isSelf ? inputs.connected.map((peer) => peer.device) : (vitals?.links ?? null),
    capacity: vitals?.capacity ?? null,
  }
}

export function presentConnection({ address, roundTrip, route, since, via }: ConnectedPeer): Connection {
  return { route, address, relayedBy: via ?? null, since, roundTrip: roundTrip ?? null }
}

/** The status of a peer that is in no swarm. */
export function statusWithoutSwarm(
  inputs: Pick<StatusInputs, 'self' | 'machineName' | 'version' | 'dataDirectory' | 'notices'>,
): PeerStatus {
  return {
    deviceId: inputs.self,
    name: inputs.machineName,
    version: inputs.version,
    dataDirectory: inputs.dataDirectory,
    swarm: null,
    addresses: [],
    machines: [],
    alone: true,
    synced: false,
    notAsked: [],
    missing: 0,
    journal: { entries: 0, bytes: 0 },
    onlyHere: 0,
    messagesPerMinute: 0,
    notices: inputs.notices,
  }
}
